import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { LogsService } from '../../../local/services/logs/service';
import { makeLambda, makeParts } from './local-cloud';

const parts = makeParts();
parts.aws.register(new LogsService(parts));
const { define, invoke, cleanUp } = makeLambda(parts);

afterAll(async () => {
  await cleanUp();
  await parts.close();
});

/** The longest that one turn of the event loop of this process worked while `task` ran, in ms of its thread. */
async function longestTurn(task: () => Promise<unknown>): Promise<number> {
  let last = threadMs();
  let longest = 0;
  const pulse = setInterval(() => {
    const now = threadMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  await task();
  clearInterval(pulse);
  return longest;
}

/** How long this thread has run: a machine that is busy with other things makes it wait, and that is nobody's fault. */
function threadMs(): number {
  const own = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(own) ? Number(readFileSync(own, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}

test.each([
  ['loops for ever', `for (;;);`],
  ['waits for ever', `await new Promise(() => {})`],
  ['blocks its thread', `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`],
])('a function that %s is ended at its time limit', async (_name, body) => {
  await define(`exports.handler = async (event) => { if (event.ok) return 'fine'; ${body} }`, { timeoutSeconds: 0.5 });
  let answer: Awaited<ReturnType<typeof invoke>> | undefined;
  const turn = await longestTurn(async () => {
    answer = await invoke();
  });
  expect(turn).toBeLessThan(400);
  expect(answer?.error).toBe('Unhandled');
  expect(answer?.value).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.50 seconds$/),
  });
  expect((await invoke({ ok: true })).value).toBe('fine');
});

test('a flood of log lines neither stalls the process nor escapes the time limit', async () => {
  await define(`exports.handler = async () => { for (;;) console.log('flood') }`, { timeoutSeconds: 0.5 });
  const turn = await longestTurn(async () => {
    expect((await invoke()).value.errorType).toBe('Sandbox.Timedout');
  });
  expect(turn).toBeLessThan(400);
});

test.each([
  ['exits', `process.exit(3)`, 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
  ['exits without an error', `process.exit(0)`, 'Runtime.ExitError', 'Runtime exited without providing a reason'],
  [
    'kills itself',
    `process.kill(process.pid, 'SIGKILL')`,
    'Runtime.ExitError',
    'Runtime exited with error: exit status 137',
  ],
  [
    'eats its memory',
    `const all = []; for (;;) all.push(new Array(1e5).fill({}))`,
    'Runtime.OutOfMemory',
    'Runtime exited with error: signal: killed',
  ],
])('a function that %s fails alone', async (_name, body, errorType, reason) => {
  await define(`exports.handler = async (event) => { if (event.ok) return 'fine'; ${body} }`, { memoryMb: 32 });
  expect((await invoke()).value).toEqual({
    errorType,
    errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${reason}$`)),
  });
  expect((await invoke({ ok: true })).value).toBe('fine');
});

test.each([
  ['result', `return 'x'.repeat(20e6)`],
  ['error', `throw new Error('x'.repeat(20e6))`],
])('a %s that is far too large stays in its thread', async (_name, body) => {
  await define(`exports.handler = async (event) => { if (event.ok) return 'fine'; ${body} }`, { memoryMb: 1024 });
  let answer: Awaited<ReturnType<typeof invoke>> | undefined;
  const turn = await longestTurn(async () => {
    answer = await invoke();
  });
  expect(turn).toBeLessThan(400);
  expect(answer?.value).toEqual({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  });
  expect((await invoke({ ok: true })).value).toBe('fine');
});

test('a line of the log that is far too long is cut in its thread', async () => {
  await define(`exports.handler = async () => { console.log('x'.repeat(20e6)); return 'fine'; }`, { memoryMb: 512 });
  expect(await longestTurn(async () => expect((await invoke()).value).toBe('fine'))).toBeLessThan(400);
});

test('an exception outside the handler fails the invocation, an unhandled rejection too', async () => {
  await define(`exports.handler = ({ kind }) => new Promise(() => {
    if (kind === 'thrown') setImmediate(() => { throw new RangeError('aside') });
    else Promise.reject(new Error('forgotten'));
  })`);
  expect((await invoke({ kind: 'thrown' })).value).toMatchObject({ errorType: 'RangeError', errorMessage: 'aside' });
  expect((await invoke({ kind: 'rejected' })).value).toMatchObject({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: forgotten',
  });
});

test('an environment that dies between two invocations is replaced unnoticed', async () => {
  await define(`exports.handler = async ({ die }) => {
    if (die) setTimeout(() => process.exit(1), 20);
    return process.env.AWS_LAMBDA_LOG_STREAM_NAME;
  }`);
  let ended: Promise<unknown> | undefined;
  const onThread = (message: unknown) => {
    ended = once((message as { worker: Worker }).worker, 'exit');
  };
  subscribe('worker_threads', onThread);
  const first = (await invoke({ die: true })).value;
  unsubscribe('worker_threads', onThread);
  await ended;
  const { value, error } = await invoke({});
  expect(error).toBeUndefined();
  expect(value).not.toBe(first);
});

test('invocations that overlap run in environments of their own, and those are used again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-overlap-'));
  await define(`
    const { readdirSync, writeFileSync } = require('node:fs');
    let count = 0;
    exports.handler = async ({ name, others }) => {
      writeFileSync(${JSON.stringify(folder)} + '/' + name, '');
      while (readdirSync(${JSON.stringify(folder)}).length < others) await new Promise((resolve) => setTimeout(resolve, 5));
      return [process.env.AWS_LAMBDA_LOG_STREAM_NAME, ++count];
    }`);
  const together = await Promise.all(['a', 'b', 'c'].map((name) => invoke({ name, others: 3 })));
  const streams = new Set(together.map(({ value }) => value[0]));
  expect(streams.size).toBe(3);
  const [stream, count] = (await invoke({ name: 'd', others: 0 })).value;
  expect(streams).toContain(stream);
  expect(count).toBeGreaterThan(1);
});

test('a burst of short invocations waits for the warm environment', async () => {
  // Its start takes a hundred times as long as the burst, so that no busy machine makes the burst the longer one.
  await define(`
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    exports.handler = async () => process.env.AWS_LAMBDA_LOG_STREAM_NAME`);
  const { value: warm } = await invoke();
  const burst = await Promise.all(Array.from({ length: 4 }, () => invoke()));
  expect(burst.map(({ value }) => value)).toEqual(Array(4).fill(warm));
});

test('beyond the reserved concurrency, invocations are refused as AWS does', async () => {
  await define(`exports.handler = () => new Promise((resolve) => setTimeout(resolve, 50, 'done'))`, {
    reservedConcurrency: 2,
  });
  const all = await Promise.allSettled([invoke(), invoke(), invoke()]);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect((all[2] as PromiseRejectedResult).reason).toMatchObject({
    code: 'TooManyRequestsException',
    status: 429,
    message: 'Rate Exceeded.',
    details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
  });
  expect((await invoke()).value).toBe('done');
});

test('more invocations than the machine has room for wait their turn', async () => {
  const ownParts = makeParts();
  const small = makeLambda(ownParts, { maxEnvironments: 2, maxIdle: 1, concurrentInvocations: 40 });
  await small.define(`exports.handler = async ({ i }) => i`, { name: 'one' });
  await small.define(`exports.handler = async ({ i }) => i + 100`, { name: 'two' });
  const calls = Array.from({ length: 40 }, (_, i) => small.invoke({ i }, { FunctionName: i % 2 ? 'one' : 'two' }));
  const refused = small.invoke({ i: 40 }, { FunctionName: 'one' });
  await expect(refused).rejects.toMatchObject({ details: { Reason: 'ConcurrentInvocationLimitExceeded' } });
  const values = (await Promise.all(calls)).map(({ value }) => value);
  expect(values).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 ? i : i + 100)));
  await small.cleanUp();
  await ownParts.close();
});

test('deploying again lets what runs finish and gives the new code to what comes', async () => {
  await define(`exports.handler = () => new Promise((resolve) => setTimeout(resolve, 100, 'old'))`);
  const running = invoke();
  await define(`exports.handler = async () => 'new'`);
  expect((await invoke()).value).toBe('new');
  expect((await running).value).toBe('old');
});

test('stopping ends what runs', async () => {
  const ownParts = makeParts();
  const brief = makeLambda(ownParts);
  await brief.define(`exports.handler = () => new Promise(() => {})`);
  const running = brief.invoke();
  await brief.cleanUp();
  expect((await running).value.errorType).toBe('Runtime.ExitError');
  await ownParts.close();
});
