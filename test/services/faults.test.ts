import { Faults } from '../../local/services/faults';
import { testParts } from './wire/parts';

const error = { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 };

function setup(random?: () => number) {
  const { aws, clock, work } = testParts();
  const faults = new Faults(clock, random);
  aws.register({
    id: 's3',
    signingName: 's3',
    protocol: { kind: 'http', handle: () => Promise.reject(new Error('not used')) },
    call: async () => ({ ok: true }),
  });
  aws.intercept(faults.intercept);
  const put = (input: object) => aws.call('s3', 'PutObject', input, { via: 'states' });
  return { aws, clock, work, faults, put };
}

test('fails the calls that match, as often as told, then lets them pass', async () => {
  const { faults, put } = setup();
  faults.add({ service: 's3', operation: 'PutObject', where: { Bucket: 'reports', Tag: { a: 1 } }, error, times: 2 });
  const matching = { Bucket: 'reports', Key: 'k', Tag: { a: 1, b: 2 } };
  await expect(put({ Bucket: 'other', Tag: { a: 1 } })).resolves.toEqual({ ok: true });
  await expect(put({ Bucket: 'reports' })).resolves.toEqual({ ok: true });
  await expect(put(matching)).rejects.toMatchObject(error);
  await expect(put(matching)).rejects.toMatchObject(error);
  await expect(put(matching)).resolves.toEqual({ ok: true });
});

test('without operation and times fails everything of the service until it is taken away', async () => {
  const { aws, faults, put } = setup();
  const end = faults.add({ service: 's3', error });
  for (let i = 0; i < 3; i++) await expect(put({})).rejects.toMatchObject(error);
  await expect(aws.call('s3', 'GetObject', {}, { via: 'wire' })).rejects.toMatchObject({ code: 'SlowDown' });
  end();
  await expect(put({})).resolves.toEqual({ ok: true });
});

test('takes a share of the calls, as chance falls, and counts those alone', async () => {
  const chances = [0.2, 0.05, 0.1, 0.99];
  const { faults, put } = setup(() => chances.shift() as number);
  faults.add({ service: 's3', error, probability: 0.1 });
  await expect(put({})).resolves.toEqual({ ok: true });
  await expect(put({})).rejects.toMatchObject(error);
  await expect(put({})).resolves.toEqual({ ok: true });
  await expect(put({})).resolves.toEqual({ ok: true });
  expect(faults.list()).toMatchObject([{ id: 1, taken: 1 }]);
});

test('the first that fits takes a call; they are listed, and taken away', async () => {
  const { faults, put } = setup();
  faults.add({ service: 's3', operation: 'GetObject', error });
  faults.add({ service: 's3', error: { ...error, code: 'First' }, times: 1 });
  faults.add({ service: 's3', error: { ...error, code: 'Second' } });
  await expect(put({})).rejects.toMatchObject({ code: 'First' });
  await expect(put({})).rejects.toMatchObject({ code: 'Second' });
  expect(faults.list().map(({ id, taken }) => [id, taken])).toEqual([
    [1, 0],
    [3, 1],
  ]);
  expect(faults.remove(3)).toBe(true);
  expect(faults.remove(3)).toBe(false);
  await expect(put({})).resolves.toEqual({ ok: true });
  faults.clear();
  expect(faults.list()).toEqual([]);
});

describe('a slow call', () => {
  /** A call of a task, which is work while it lasts, and what became of it. */
  function call(
    { aws, work }: ReturnType<typeof setup>,
    { signal }: { signal?: AbortSignal } = {},
  ): { outcome?: unknown } {
    const made: { outcome?: unknown } = {};
    const begun = work.track(() => aws.call('s3', 'PutObject', {}, { via: 'states', isWork: true, signal }));
    begun.then(
      (outcome) => Object.assign(made, { outcome }),
      (outcome) => Object.assign(made, { outcome }),
    );
    return made;
  }

  test('of a task waits by the clock, which moves on meanwhile, and goes on', async () => {
    const parts = setup();
    parts.faults.add({ service: 's3', delayMs: 15_000 });
    const made = call(parts);
    await parts.clock.advanceBy(14_999);
    expect(made).toEqual({});
    await parts.clock.advanceBy(1);
    expect(made.outcome).toEqual({ ok: true });
    expect(parts.work.busy).toBe(false);
  });

  test('fails then, if it is to', async () => {
    const parts = setup();
    parts.faults.add({ service: 's3', delayMs: 1000, error });
    const made = call(parts);
    await parts.clock.advanceBy(1000);
    expect(made.outcome).toMatchObject(error);
  });

  test('ends when nobody waits for it any more', async () => {
    const parts = setup();
    parts.faults.add({ service: 's3', delayMs: 1000 });
    const ending = new AbortController();
    const made = call(parts, ending);
    ending.abort('forgotten');
    await parts.work.idle();
    expect(made.outcome).toBe('forgotten');
    expect(parts.clock.nextDue()).toBeUndefined();
  });

  test('of a function, which keeps the clock from moving, ends by the time of the machine', async () => {
    const { aws, clock, faults, work } = setup();
    faults.add({ service: 's3', delayMs: 5 });
    const running = work.track(() => aws.call('s3', 'PutObject', {}, { via: 'wire' }));
    await clock.advanceBy(3_600_000);
    expect(await running).toEqual({ ok: true });
  });
});
