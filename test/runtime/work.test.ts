import { Work } from '../../local/runtime/work';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the count of work', () => {
  it('is idle when nothing runs', async () => {
    const work = new Work();
    expect(work.busy).toBe(false);
    await work.idle();
  });

  it('waits for what runs, and for what that begins within two turns', async () => {
    const work = new Work();
    const order: string[] = [];
    const end = work.begin();
    const idle = work.idle().then(() => order.push('idle'));
    await turn();
    end();
    await turn();
    const next = work.begin();
    await turn();
    await turn();
    order.push('second piece ended');
    next();
    await idle;
    expect(order).toEqual(['second piece ended', 'idle']);
  });

  it('ends a piece once, however often it is told', async () => {
    const work = new Work();
    const end = work.begin();
    work.begin();
    end();
    end();
    expect(work.busy).toBe(true);
  });

  it('ends a tracked task that fails', async () => {
    const work = new Work();
    await expect(work.track(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(work.busy).toBe(false);
  });

  it('has room for as many calls of tasks as it was told, and says when there is again', async () => {
    const work = new Work(2);
    let answer = () => {};
    const call = work.trackCall(() => new Promise<void>((resolve) => (answer = resolve)));
    expect([work.busy, work.hasRoom(), work.hasRoom(1)]).toEqual([true, true, false]);
    const failed = work.trackCall(() => Promise.reject(new Error('no')));
    expect(work.hasRoom()).toBe(false);
    const room = new Promise<void>((resolve) => work.whenCallEnds(resolve));
    await expect(failed).rejects.toThrow('no');
    await room;
    expect(work.hasRoom()).toBe(true);
    answer();
    await call;
    expect([work.busy, work.hasRoom(1)]).toEqual([false, true]);
  });
});
