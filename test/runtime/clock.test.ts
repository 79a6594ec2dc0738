import { VirtualClock } from '../../local/runtime/clock';
import { Work } from '../../local/runtime/work';

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T08:00:00Z');

describe('the virtual clock', () => {
  let clock: VirtualClock;
  const work = new Work();
  beforeEach(() => {
    clock = new VirtualClock({ work, start: START, scale: 0 });
  });
  afterEach(() => clock.close());

  it('stands still at scale 0 and moves as far as it is advanced', async () => {
    expect(clock.now()).toBe(START);
    await clock.advanceBy(400 * DAY);
    expect(clock.now()).toBe(START + 400 * DAY);
  });

  it('never goes back', async () => {
    await clock.advanceTo(START + DAY);
    await clock.advanceTo(START);
    expect(clock.now()).toBe(START + DAY);
  });

  it('fires timers in order of due time, equal ones in order of setting, each at its time', async () => {
    const fired: Array<[string, number]> = [];
    const set = (name: string, due: number) => clock.at(due, () => fired.push([name, clock.now()]));
    set('late', START + 30 * DAY);
    set('first of two', START + DAY);
    set('second of two', START + DAY);
    set('early', START + 1);
    await clock.advanceBy(30 * DAY);
    expect(fired).toEqual([
      ['early', START + 1],
      ['first of two', START + DAY],
      ['second of two', START + DAY],
      ['late', START + 30 * DAY],
    ]);
  });

  it('fires nothing before its time', async () => {
    const fire = jest.fn();
    clock.at(START + 1000, fire);
    await clock.advanceTo(START + 999);
    expect(fire).not.toHaveBeenCalled();
    await clock.advanceTo(START + 1000);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it('lets the work that a timer began settle before it goes on', async () => {
    const seen: number[] = [];
    clock.at(START + 1000, () => {
      void work.track(async () => {
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        seen.push(clock.now());
        clock.at(START + 2000, () => seen.push(clock.now()));
      });
    });
    await clock.advanceBy(DAY);
    expect(seen).toEqual([START + 1000, START + 2000]);
  });

  it('runs advances that overlap one after the other', async () => {
    const fired: number[] = [];
    clock.at(START + DAY, () => fired.push(clock.now()));
    await Promise.all([clock.advanceTo(START + DAY), clock.advanceTo(START + 2 * DAY)]);
    expect(fired).toEqual([START + DAY]);
    expect(clock.now()).toBe(START + 2 * DAY);
  });

  it('forgets a timer that is cancelled, also when cancelled after it fired', async () => {
    const fire = jest.fn();
    clock.at(START + 1, fire)();
    const fired = jest.fn();
    const forget = clock.at(START + 2, fired);
    await clock.advanceBy(10);
    forget();
    expect(fire).not.toHaveBeenCalled();
    expect(fired).toHaveBeenCalledTimes(1);
    expect(clock.nextDue()).toBeUndefined();
  });

  it('keeps the order of 20,000 timers when most of them are cancelled', async () => {
    const fired: number[] = [];
    const forgets = Array.from({ length: 20_000 }, (_, n) => {
      const due = START + ((n * 7919) % 20_000) + 1;
      return { due, forget: clock.at(due, () => fired.push(due)) };
    });
    for (const [n, { forget }] of forgets.entries()) if (n % 10 !== 0) forget();
    await clock.advanceBy(20_001);
    expect(fired).toHaveLength(2000);
    expect(fired).toEqual([...fired].sort((a, b) => a - b));
  });

  it('gives the event loop its turns while many timers are due at one instant', async () => {
    let fired = 0;
    let turns = 0;
    for (let n = 0; n < 10_000; n += 1) {
      clock.at(START + 1, () => {
        fired += 1;
      });
    }
    const count = () => {
      turns += 1;
      if (fired < 10_000) setImmediate(count);
    };
    setImmediate(count);
    await clock.advanceBy(1);
    expect(fired).toBe(10_000);
    expect(turns).toBeGreaterThan(9);
  });

  it('jumps to the next timer and says whether there was one', async () => {
    clock.at(START + 25 * DAY, () => {});
    expect(await clock.advanceToNext()).toBe(true);
    expect(clock.now()).toBe(START + 25 * DAY);
    expect(await clock.advanceToNext()).toBe(false);
  });

  it('runs in real time, scaled, and wakes by itself', async () => {
    clock.setScale(100_000);
    const due = START + DAY / 24;
    await new Promise<void>((resolve) => clock.at(due, resolve));
    expect(clock.now()).toBeGreaterThanOrEqual(due);
  });

  it('goes on where it was when the clock of the machine is set back', () => {
    clock.setScale(1);
    const before = clock.now();
    const real = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 14 * DAY);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    real.mockReturnValue(Date.now() + 60_000);
    expect(clock.now()).toBeGreaterThanOrEqual(before + 60_000);
    expect(clock.now()).toBeLessThan(before + 120_000);
    real.mockRestore();
  });

  it('follows the clock of the machine when that jumps ahead, and fires what is due then', () => {
    jest.useFakeTimers({ now: START });
    try {
      const following = new VirtualClock({ work, scale: 1 });
      const fire = jest.fn();
      following.at(START + 10 * DAY, fire);
      jest.setSystemTime(START + 9 * DAY);
      jest.advanceTimersByTime(60_000);
      expect(fire).not.toHaveBeenCalled();
      jest.setSystemTime(START + 14 * DAY);
      jest.advanceTimersByTime(10_000);
      expect(fire).toHaveBeenCalledTimes(1);
      following.close();
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells its position when it leaves its course', async () => {
    const moves: number[] = [];
    const told = new VirtualClock({ work, start: START, scale: 0, onMove: ({ virtual }) => moves.push(virtual) });
    await told.advanceBy(5);
    expect(moves).toEqual([START, START + 5]);
  });
});
