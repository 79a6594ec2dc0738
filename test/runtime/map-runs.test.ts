import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../local/asl/json';
import { TaskError } from '../../local/runtime/dispatch';
import type { MapRunIo } from '../../local/runtime/map-runs';
import { arnOf, Calls, FUNCTION, Shell, START, settle } from './shell';

const WORK = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: FUNCTION, End: true } } };

function map(fields: object = {}, processor: object = WORK, more: object = {}) {
  const ItemProcessor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...processor };
  return {
    StartAt: 'Each',
    States: { Each: { Type: 'Map', Label: 'Each', ItemProcessor, End: true, ...fields } },
    ...more,
  };
}

const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const READ = { ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: {} } };

/** A source of items that the test plays; results are not written. */
function reading(read: MapRunIo['read']): MapRunIo {
  return {
    read,
    files: () => {
      throw new Error('no results are written here');
    },
  };
}

let shell: Shell;
afterEach(() => shell.close());

const turns = (count = 40) => settle(count);

const execution = () => shell.executions.find(arnOf('run'))?.execution;
const [runOf, countsOf] = [
  () => shell.executions.mapRuns.ofExecution(arnOf('run')).at(-1),
  () => {
    const run = runOf();
    if (!run) throw new Error('no map run');
    return Object.fromEntries(
      shell.executions.mapRuns.counts(run).map(({ status, executions }) => [status, executions]),
    );
  },
];

it('keeps as many children running as it may, and puts their results in the order of the items', async () => {
  const calls = new Calls();
  shell = new Shell({ runner: calls });
  await shell.start(map({ MaxConcurrency: 2 }), 'run', [1, 2, 3]);
  await turns();
  expect(calls.made.map(({ call }) => call.parameters)).toEqual([1, 2]);
  expect(countsOf()).toEqual({ RUNNING: 2, PENDING: 1 });
  calls.made[1]?.succeed('two');
  await turns();
  expect(calls.made.map(({ call }) => call.parameters)).toEqual([1, 2, 3]);
  calls.made[2]?.succeed('three');
  calls.made[0]?.succeed('one');
  await turns();
  expect(execution()).toMatchObject({ status: 'SUCCEEDED', output: ['one', 'two', 'three'] });
  expect(countsOf()).toEqual({ SUCCEEDED: 3 });
});

it('stops all children when more have failed than it tolerates', async () => {
  const calls = new Calls();
  shell = new Shell({ runner: calls });
  await shell.start(map({ ToleratedFailurePercentage: 40 }), 'run', [1, 2, 3, 4]);
  await turns();
  const [first, second, third] = calls.made;
  first?.fail(new TaskError('Boom', ''));
  await turns();
  expect(shell.status()).toBe('RUNNING');
  second?.fail(new TaskError('Boom', ''));
  await turns();
  expect(third?.signal.aborted).toBe(true);
  expect(countsOf()).toEqual({ FAILED: 2, ABORTED: 2 });
  expect(execution()).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  });
  expect(runOf()?.status).toBe('FAILED');
});

it('counts a tolerated failure as a result', async () => {
  const Check = {
    Type: 'Choice',
    Choices: [{ Variable: '$', NumericEquals: 2, Next: 'No' }],
    Default: 'Yes',
  };
  const states = { StartAt: 'Check', States: { Check, No: { Type: 'Fail', Error: 'No' }, Yes: { Type: 'Succeed' } } };
  shell = new Shell();
  await shell.start(map({ ToleratedFailureCount: 1 }, states), 'run', [1, 2]);
  await shell.work.idle();
  const output = execution()?.output as Json[];
  expect(output).toEqual([1, expect.objectContaining({ Status: 'FAILED', Error: 'No', Input: '2' })]);
});

it('succeeds without items', async () => {
  shell = new Shell();
  await shell.start(map(), 'run', []);
  await shell.work.idle();
  expect(execution()).toMatchObject({ status: 'SUCCEEDED', output: [] });
});

const SLOW = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

it('takes its children with it when the execution is stopped', async () => {
  shell = new Shell();
  await shell.start(map({ MaxConcurrency: 1 }, SLOW), 'run', [1, 2]);
  await shell.work.idle();
  await shell.executions.deliver(arnOf('run'), { type: 'stop' });
  await shell.work.idle();
  expect(countsOf()).toEqual({ ABORTED: 1, PENDING: 1 });
  expect(runOf()).toMatchObject({ status: 'ABORTED', stoppedAt: START });
});

it('takes its children with it when the execution times out', async () => {
  shell = new Shell();
  await shell.start(map({ MaxConcurrency: 1 }, SLOW, { TimeoutSeconds: 60 }), 'run', [1, 2]);
  await shell.clock.advanceBy(60_000);
  expect(shell.status()).toBe('TIMED_OUT');
  expect(countsOf()).toEqual({ ABORTED: 1, PENDING: 1 });
  expect(runOf()).toMatchObject({ status: 'ABORTED', stoppedAt: START + 60_000 });
});

it('gives up reading when the execution is stopped', async () => {
  let given = 0;
  const endless = reading(async function* (_, signal) {
    for (; !signal.aborted; given += 1) {
      yield given;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  });
  shell = new Shell({ mapRunIo: endless });
  await shell.start(map(READ, PASS), 'run', {});
  await turns();
  expect(given).toBeGreaterThan(0);
  await shell.executions.deliver(arnOf('run'), { type: 'stop' });
  await shell.work.idle();
  expect(runOf()?.status).toBe('ABORTED');
  expect(countsOf()).not.toHaveProperty('RUNNING');
});

it('runs a map run within a map run', async () => {
  shell = new Shell();
  await shell.start(map({}, map({ Label: 'Inner' }, PASS)), 'run', [[1, 2], [3]]);
  await shell.work.idle();
  expect(execution()?.output).toEqual([[1, 2], [3]]);
  expect(runOf()?.machineArn).toMatch(/:stateMachine:machine\/Each$/);
});

it('fails when the results are more than a payload holds', async () => {
  shell = new Shell();
  const long = { Type: 'Pass', Result: 'x'.repeat(90_000), End: true };
  await shell.start(map({}, { StartAt: 'Long', States: { Long: long } }), 'run', [1, 2, 3]);
  await shell.work.idle();
  expect(execution()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

it('begins nothing before all items are read, whatever its limits become', async () => {
  let go = () => {};
  const slow = reading(async function* () {
    yield 1;
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    yield 2;
  });
  shell = new Shell({ mapRunIo: slow });
  await shell.start(map({ ...READ, MaxConcurrency: 1 }, PASS), 'run', {});
  await turns();
  const run = runOf();
  if (run) shell.executions.mapRuns.limit(run, { maxConcurrency: 2 });
  await turns();
  expect(shell.status()).toBe('RUNNING');
  expect(countsOf()).toEqual({ PENDING: 1 });
  go();
  await turns();
  expect(execution()?.output).toEqual([1, 2]);
  expect(runOf()?.limits).toEqual({ maxConcurrency: 2 });
});

it('runs a thousand items, at no time more than it may', async () => {
  let most = 0;
  const io = reading(async function* () {
    for (let i = 0; i < 1000; i += 1) yield { i };
  });
  shell = new Shell({ mapRunIo: io });
  const none = { StartAt: 'None', States: { None: { Type: 'Pass', Result: 0, End: true } } };
  const track = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'None' }, ...none.States } };
  await shell.start(map({ ...READ, MaxConcurrency: 50, ResultPath: null }, track), 'run', {});
  await shell.work.idle();
  expect(countsOf()).toEqual({ RUNNING: 50, PENDING: 950 });
  while (shell.status() === 'RUNNING') {
    most = Math.max(most, countsOf().RUNNING ?? 0);
    await shell.clock.advanceBy(1000);
  }
  expect(most).toBe(50);
  expect(countsOf()).toEqual({ SUCCEEDED: 1000 });
});

describe('over a restart', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'map-runs-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function restart(options: ConstructorParameters<typeof Shell>[0] = {}): Promise<void> {
    await shell.close();
    shell = new Shell({ dir, ...options });
    shell.executions.recover();
    await turns();
  }

  it('goes on with the children that it had', async () => {
    const calls = new Calls();
    shell = new Shell({ dir, runner: calls });
    await shell.start(map({ MaxConcurrency: 2 }), 'run', [1, 2, 3]);
    await turns();
    calls.made[0]?.succeed('one');
    await turns();
    const again = new Calls();
    await restart({ runner: again });
    expect(again.made.map(({ call }) => call.parameters)).toEqual([2, 3]);
    expect(again.made[0]?.call.idempotencyKey).toBe(calls.made[1]?.call.idempotencyKey);
    for (const { call, succeed } of again.made) succeed(`again ${call.parameters}`);
    await turns();
    expect(execution()).toMatchObject({ status: 'SUCCEEDED', output: ['one', 'again 2', 'again 3'] });
    expect(shell.types().filter((type) => type.startsWith('MapRun'))).toEqual(['MapRunStarted', 'MapRunSucceeded']);
  });

  it('reads the items again when it had not read them all', async () => {
    let enough = () => {};
    const stuck = reading(async function* () {
      yield 1;
      await new Promise<void>((resolve) => {
        enough = resolve;
      });
    });
    shell = new Shell({ dir, mapRunIo: stuck });
    await shell.start(map(READ, PASS), 'run', {});
    await turns();
    const whole = reading(async function* () {
      yield* [1, 2];
    });
    await restart({ mapRunIo: whole });
    enough();
    expect(execution()).toMatchObject({ status: 'SUCCEEDED', output: [1, 2] });
  });

  it('stops reading when the local cloud stops', async () => {
    let given = 0;
    const endless = reading(async function* () {
      for (; ; given += 1) {
        yield given;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    });
    shell = new Shell({ dir, mapRunIo: endless });
    await shell.start(map(READ, PASS), 'run', {});
    await turns();
    const { faults } = shell;
    const whole = reading(async function* () {
      yield 1;
    });
    await restart({ mapRunIo: whole });
    const before = given;
    await turns();
    expect(given).toBe(before);
    expect(faults).toEqual([]);
    expect(execution()).toMatchObject({ status: 'SUCCEEDED', output: [1] });
  });

  it('redrives what it had stopped', async () => {
    const calls = new Calls();
    shell = new Shell({ dir, runner: calls });
    await shell.start(map({ MaxConcurrency: 1 }), 'run', [1, 2]);
    await turns();
    calls.made[0]?.succeed('one');
    await turns();
    await shell.executions.deliver(arnOf('run'), { type: 'stop' });
    await turns();
    const again = new Calls();
    await restart({ runner: again });
    expect(again.made).toEqual([]);
    await shell.executions.deliver(arnOf('run'), { type: 'redrive' });
    await turns();
    expect(again.made.map(({ call }) => call.parameters)).toEqual([2]);
    again.made[0]?.succeed('two');
    await turns();
    expect(execution()).toMatchObject({ status: 'SUCCEEDED', output: ['one', 'two'], redriveCount: 1 });
  });
});
