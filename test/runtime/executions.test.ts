import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../local/asl/json';
import { TaskError, type TaskRunner } from '../../local/runtime/dispatch';
import { ACTIVITY, arnOf, Calls, FUNCTION, MACHINE, Shell, START, settle } from './shell';

const task = (more: object = {}) => ({
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: FUNCTION, End: true, ...more } },
});
const callback = (more: object = {}) => ({
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { QueueUrl: 'q', MessageBody: { 'Token.$': '$$.Task.Token' } },
      End: true,
      ...more,
    },
  },
});
const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };
const passing = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };

let dir: string;
let shells: Shell[];
const open = (options: ConstructorParameters<typeof Shell>[0] = {}) => {
  const shell = new Shell(options);
  shells.push(shell);
  return shell;
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stepwright-executions-'));
  shells = [];
});
afterEach(async () => {
  for (const shell of shells) await shell.close().catch(() => {});
  rmSync(dir, { recursive: true, force: true });
});

describe('an execution', () => {
  it('runs to its end in the step that starts it, if nothing is to wait for', async () => {
    const shell = open();
    const { execution } = await shell.start(passing, 'run', { a: 1 });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { a: 1 } });
    expect(shell.history().map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it('waits for virtual time, with one entry in the clock', async () => {
    const shell = open();
    await shell.start(waiting);
    expect(shell.clock.nextDue()).toBe(shell.clock.now() + 3_600_000);
    await shell.clock.advanceBy(3_599_999);
    expect(shell.status()).toBe('RUNNING');
    await shell.clock.advanceBy(1);
    expect(shell.status()).toBe('SUCCEEDED');
    expect(shell.clock.nextDue()).toBeUndefined();
  });

  it('is started once, however often it is asked for at the same time', async () => {
    const shell = open();
    const starts = await Promise.all(Array.from({ length: 10 }, () => shell.start(waiting)));
    expect(starts.filter(({ created }) => created)).toHaveLength(1);
    expect(shell.types()).toEqual(['ExecutionStarted', 'WaitStateEntered']);
    expect(shell.executions.list({ machine: MACHINE, limit: 10 })).toHaveLength(1);
  });

  it('keeps the definition that it started with', async () => {
    const shell = open();
    await shell.start(waiting, 'old');
    await shell.start({ ...waiting, Comment: 'newer' }, 'new');
    const definitionOf = (name: string) => {
      const found = shell.executions.find(arnOf(name));
      return JSON.parse(shell.executions.revision(found?.revision ?? '').definition);
    };
    expect(definitionOf('old')).toEqual(waiting);
    expect(definitionOf('new')).toHaveProperty('Comment', 'newer');
  });

  it('can be stopped once', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    await shell.start(task());
    const stop = () => shell.executions.deliver(arnOf('run'), { type: 'stop', error: 'Enough' });
    expect(await stop()).toMatchObject({ accepted: true, execution: { status: 'ABORTED', error: 'Enough' } });
    expect(await stop()).toMatchObject({ accepted: false, execution: { status: 'ABORTED' } });
    expect(calls.made[0]?.signal.aborted).toBe(true);
    calls.made[0]?.succeed('too late');
    await settle();
    expect(shell.types().at(-1)).toBe('ExecutionAborted');
  });

  it('tells its start and its end, once each', async () => {
    const shell = open();
    const told: unknown[] = [];
    shell.executions.onStatusChange(({ status, output }, inputText) => told.push([status, output, inputText]));
    await shell.start(passing, 'run', { a: 1 });
    expect(told).toEqual([
      ['RUNNING', undefined, '{"a":1}'],
      ['SUCCEEDED', { a: 1 }, '{"a":1}'],
    ]);
  });

  it('answers those who wait for its end, before and after', async () => {
    const shell = open();
    await shell.start(waiting);
    const before = shell.executions.ended(arnOf('run'));
    await shell.clock.advanceBy(3_600_000);
    expect(await before).toMatchObject({ status: 'SUCCEEDED' });
    expect(await shell.executions.ended(arnOf('run'))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('is read from the store when memory has no room for it', async () => {
    const shell = open({ dir, capacity: 1 });
    const names = Array.from({ length: 20 }, (_, n) => `run-${n}`);
    for (const name of names) await shell.start(waiting, name);
    await shell.clock.advanceBy(3_600_000);
    for (const name of names) {
      expect(shell.types(name)).toEqual([
        'ExecutionStarted',
        'WaitStateEntered',
        'WaitStateExited',
        'ExecutionSucceeded',
      ]);
    }
  });

  it('is known by its name when memory has no room for it, and after the store was opened again', async () => {
    const first = open({ dir, capacity: 1 });
    for (const name of ['run-0', 'run-1', 'run-2']) await first.start(waiting, name);
    expect(await first.start(waiting, 'run-0')).toMatchObject({ created: false });
    await first.close();
    const second = open({ dir });
    expect(await second.start(waiting, 'run-0')).toMatchObject({ created: false });
    expect(await second.start(waiting, 'run-3')).toMatchObject({ created: true });
  });

  it('stays in memory while somebody asks for it, however many are started since', async () => {
    const shell = open({ dir, capacity: 10_000 });
    const { arn } = (await shell.start(waiting, 'asked')).execution;
    const first = shell.executions.find(arn);
    const forgotten = shell.executions.find((await shell.start(waiting, 'forgotten')).execution.arn);
    for (let n = 0; n < 100; n += 1) {
      await shell.start(waiting, `run-${n}`);
      expect(shell.executions.find(arn)).toBe(first);
    }
    expect(shell.executions.find(arnOf('forgotten'))).not.toBe(forgotten);
  });

  it('is refused, and leaves nothing behind, when the engine fails to start it', async () => {
    const shell = open();
    await expect(shell.start({ StartAt: 'Nowhere', States: {} })).rejects.toThrow();
    expect(shell.faults).toHaveLength(1);
    expect(shell.executions.find(arnOf('run'))).toBeUndefined();
    await shell.start(passing);
    expect(shell.status()).toBe('SUCCEEDED');
  });
});

describe('a task', () => {
  it('is called once its schedule is written, and its answer is recorded', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    const started = shell.start(task(), 'run', { n: 1 });
    expect(calls.made).toHaveLength(0);
    await started;
    expect(calls.made[0]?.call).toMatchObject({ resource: FUNCTION, parameters: { n: 1 } });
    calls.made[0]?.succeed({ n: 2 });
    await settle();
    expect(shell.executions.find(arnOf('run'))?.execution).toMatchObject({ status: 'SUCCEEDED', output: { n: 2 } });
  });

  it('is called before its start is told, when the end of the process would lose neither', async () => {
    const order: string[] = [];
    const [data, copy] = [join(dir, 'data'), join(dir, 'copy')];
    const runner: TaskRunner = {
      run: () => {
        order.push('called');
        cpSync(data, copy, { recursive: true });
        return new Promise(() => {});
      },
    };
    const shell = open({ dir: data, runner });
    await shell.start(task(), 'run', { n: 1 }).then(() => order.push('told'));
    expect(order).toEqual(['called', 'told']);

    const calls = new Calls();
    const after = open({ dir: copy, runner: calls });
    after.executions.recover();
    expect(after.types()).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
    ]);
    expect(calls.made).toHaveLength(1);
  });

  it('is work until it is answered, so that the clock does not jump over it', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    await shell.start(task({ TimeoutSeconds: 60 }));
    const jump = shell.clock.advanceBy(3_600_000);
    await settle();
    expect(shell.clock.now()).toBe(START);
    expect(shell.status()).toBe('RUNNING');
    calls.made[0]?.succeed(1);
    await jump;
    expect(shell.status()).toBe('SUCCEEDED');
  });

  it('fails with what the runner says', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    await shell.start(task());
    calls.made[0]?.fail(new TaskError('Lambda.TooManyRequestsException', 'Rate exceeded'));
    await settle();
    expect(shell.executions.find(arnOf('run'))?.execution).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.TooManyRequestsException',
      cause: 'Rate exceeded',
    });
  });

  it('fails visibly when the runner itself is broken', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    await shell.start(task());
    calls.made[0]?.fail(new TypeError('x is not a function'));
    await settle();
    expect(shell.executions.find(arnOf('run'))?.execution.cause).toMatch(/x is not a function/);
  });

  it('is called again after a restart, with the same key, until it is answered', async () => {
    const before = new Calls();
    const first = open({ dir, runner: before });
    await first.start(task());
    await first.close();
    expect(before.made[0]?.signal.aborted).toBe(true);
    const after = new Calls();
    const second = open({ dir, runner: after });
    second.executions.recover();
    await settle();
    expect(after.made.map(({ call }) => call.idempotencyKey)).toEqual([before.made[0]?.call.idempotencyKey]);
    after.made[0]?.succeed('done');
    await settle();
    expect(second.status()).toBe('SUCCEEDED');
    await second.close();
    const last = new Calls();
    open({ dir, runner: last }).executions.recover();
    await settle();
    expect(last.made).toHaveLength(0);
  });
});

describe('a task token', () => {
  const tokenOf = (calls: Calls, n = 0) => {
    const sent = calls.made[n]?.call.parameters as { MessageBody?: JsonObject } | undefined;
    return String(sent?.MessageBody?.Token);
  };

  it('is settled by one of many answers; the others come late', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    await shell.start(callback());
    calls.made[0]?.submit({});
    await settle();
    const answers = Array.from({ length: 10 }, (_, n) =>
      shell.executions.answer(tokenOf(calls), (number) =>
        n % 2 ? { type: 'taskSucceeded', task: number, output: n } : { type: 'taskFailed', task: number, error: 'No' },
      ),
    );
    const verdicts = await Promise.all(answers);
    expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(1);
    expect(verdicts.filter((verdict) => verdict === 'late')).toHaveLength(9);
    expect(shell.types().filter((type) => /^Task(Succeeded|Failed)$/.test(type))).toHaveLength(1);
  });

  it('is late after a timeout', async () => {
    const calls = new Calls();
    const shell = open({ runner: calls });
    await shell.start(callback({ TimeoutSeconds: 10 }));
    calls.made[0]?.submit({});
    await shell.clock.advanceBy(10_000);
    expect(shell.status()).toBe('FAILED');
    const verdict = await shell.executions.answer(tokenOf(calls), (number) => ({ type: 'heartbeat', task: number }));
    expect(verdict).toBe('late');
  });

  it('is kept alive by heartbeats, and answers after a restart', async () => {
    const calls = new Calls();
    const first = open({ dir, runner: calls });
    await first.start(callback({ HeartbeatSeconds: 10 }));
    calls.made[0]?.submit({});
    await settle();
    for (let n = 0; n < 5; n += 1) {
      await first.clock.advanceBy(9000);
      await first.executions.answer(tokenOf(calls), (number) => ({ type: 'heartbeat', task: number }));
    }
    const now = first.clock.now();
    await first.close();
    const second = open({ dir, now });
    second.executions.recover();
    await second.clock.advanceBy(9000);
    expect(second.status()).toBe('RUNNING');
    const answer = second.executions.answer(tokenOf(calls), (number) => ({
      type: 'taskSucceeded',
      task: number,
      output: 'yes',
    }));
    expect(await answer).toBe('accepted');
    expect(second.status()).toBe('SUCCEEDED');
  });

  it('is garbage when it is not of this store', async () => {
    const calls = new Calls();
    const other = open({ runner: calls });
    await other.start(callback());
    const shell = open({ dir });
    const ask = (token: string) => shell.executions.answer(token, (number) => ({ type: 'heartbeat', task: number }));
    expect(await ask(tokenOf(calls))).toBe('garbage');
    expect(await ask('garbage')).toBe('garbage');
    expect(await ask('')).toBe('garbage');
  });
});

describe('an activity', () => {
  const inspect = (more: object = {}) => task({ Resource: ACTIVITY, ...more });
  const poll = (shell: Shell, name: string, signal?: AbortSignal) =>
    shell.executions.poll({ activityArn: ACTIVITY, name, patience: 60_000, signal });
  const succeed = (shell: Shell, token = '', output = 'ok') =>
    shell.executions.answer(token, (number) => ({ type: 'taskSucceeded', task: number, output }));

  it('hands a task to a worker that waits for it', async () => {
    const shell = open();
    const worker = poll(shell, 'ann');
    await shell.start(inspect(), 'run', { item: 7 });
    const given = await worker;
    expect(given?.input).toEqual({ item: 7 });
    expect(await succeed(shell, given?.token)).toBe('accepted');
    expect(shell.status()).toBe('SUCCEEDED');
  });

  it('hands each task to one worker, in order', async () => {
    const shell = open();
    for (const n of [1, 2, 3]) await shell.start(inspect(), `run-${n}`, { n });
    const given = await Promise.all([poll(shell, 'a'), poll(shell, 'b'), poll(shell, 'c')]);
    expect(given.map((one) => one?.input)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('loses no task to a worker that goes away', async () => {
    const shell = open();
    const gone = new AbortController();
    const lost = poll(shell, 'gone', gone.signal);
    gone.abort();
    await shell.start(inspect());
    expect(await lost).toBeUndefined();
    expect(await poll(shell, 'there')).toBeDefined();
  });

  it('hands a task to another worker when the heartbeat is missed', async () => {
    const shell = open();
    const Retry = [{ ErrorEquals: ['States.HeartbeatTimeout'], IntervalSeconds: 1, MaxAttempts: 3 }];
    await shell.start(inspect({ HeartbeatSeconds: 30, Retry }));
    const first = await poll(shell, 'killed');
    const next = poll(shell, 'second');
    await shell.clock.advanceBy(31_000);
    const second = await next;
    expect(second?.token).not.toBe(first?.token);
    expect(await succeed(shell, first?.token)).toBe('late');
    expect(await succeed(shell, second?.token)).toBe('accepted');
    expect(shell.types()).toEqual(
      expect.arrayContaining(['ActivityScheduled', 'ActivityStarted', 'ActivityTimedOut', 'ActivitySucceeded']),
    );
  });

  it('offers nothing of an execution that has ended', async () => {
    const shell = open();
    await shell.start(inspect(), 'stopped');
    await shell.executions.deliver(arnOf('stopped'), { type: 'stop' });
    await shell.start(inspect(), 'run', { n: 2 });
    expect((await poll(shell, 'ann'))?.input).toEqual({ n: 2 });
  });

  it('offers again after a restart what no worker has taken, and nothing else', async () => {
    const first = open({ dir });
    await first.start(inspect(), 'taken', { n: 1 });
    const taken = await poll(first, 'ann');
    await first.start(inspect(), 'open', { n: 2 });
    await first.close();
    const second = open({ dir });
    second.executions.recover();
    expect((await poll(second, 'bob'))?.input).toEqual({ n: 2 });
    expect(await succeed(second, taken?.token)).toBe('accepted');
    expect(second.status('taken')).toBe('SUCCEEDED');
  });
});

describe('a restart in the middle', () => {
  const machine = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'Wait',
            States: { Wait: { Type: 'Wait', Seconds: 100, Next: 'Then' }, Then: { Type: 'Pass', End: true } },
          },
          {
            StartAt: 'Work',
            States: {
              Work: {
                Type: 'Task',
                Resource: FUNCTION,
                Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 7, MaxAttempts: 2 }],
                End: true,
              },
            },
          },
        ],
        Next: 'Last',
      },
      Last: { Type: 'Wait', Seconds: 3600, End: true },
    },
  };

  async function play(reopen: (shell: Shell, calls: Calls) => Promise<[Shell, Calls]>) {
    let calls = new Calls();
    let shell = open({ dir, runner: calls });
    await shell.start(machine, 'run', { a: 'é' });
    [shell, calls] = await reopen(shell, calls);
    calls.made[0]?.fail(new TaskError('Busy', 'Come again'));
    await settle();
    [shell, calls] = await reopen(shell, calls);
    // The retry's call stays open, so this jump stops there.
    void shell.clock.advanceBy(8000);
    await settle();
    [shell, calls] = await reopen(shell, calls);
    calls.made.at(-1)?.succeed({ done: true });
    await settle();
    [shell, calls] = await reopen(shell, calls);
    await shell.clock.advanceBy(95_000);
    [shell] = await reopen(shell, calls);
    await shell.clock.advanceBy(4_000_000);
    return shell.history();
  }

  it('gives the same history as none', async () => {
    const whole = await play(async (shell, calls) => [shell, calls]);
    rmSync(dir, { recursive: true, force: true });
    const interrupted = await play(async (shell) => {
      const now = shell.clock.now();
      await shell.close();
      const calls = new Calls();
      const next = open({ dir, now, runner: calls });
      next.executions.recover();
      await settle();
      return [next, calls];
    });
    expect(whole.at(-1)?.type).toBe('ExecutionSucceeded');
    expect(interrupted).toEqual(whole);
  });
});

describe('reading', () => {
  it('pages a history in both directions, across the steps that wrote it', async () => {
    const shell = open();
    await shell.start(waiting);
    await shell.clock.advanceBy(3_600_000);
    const page = (query: Parameters<Shell['executions']['history']>[1]) =>
      shell.executions.history(arnOf('run'), query)?.map(({ id }) => id);
    expect(page({ limit: 3 })).toEqual([1, 2, 3]);
    expect(page({ from: 2, limit: 10 })).toEqual([2, 3, 4]);
    expect(page({ reverse: true, limit: 3 })).toEqual([4, 3, 2]);
    expect(page({ from: 2, reverse: true, limit: 3 })).toEqual([2, 1]);
    expect(page({ from: 9, limit: 3 })).toEqual([]);
    expect(shell.executions.history(arnOf('nobody'), { limit: 3 })).toBeUndefined();
  });

  it('tells a long history whole, in both directions and over restarts', async () => {
    const around = {
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 60, Next: 'Grow' },
        Grow: { Type: 'Pass', Parameters: { 'was.$': '$', step: 'x'.repeat(200) }, Next: 'Wait' },
      },
    };
    let shell = open({ dir });
    await shell.start(around);
    for (let round = 1; round <= 12; round += 1) {
      await shell.clock.advanceBy(60_000);
      const ids = Array.from({ length: 2 + 4 * round }, (_, index) => index + 1);
      expect(shell.history().map(({ id }) => id)).toEqual(ids);
      const backwards = shell.executions.history(arnOf('run'), { reverse: true, limit: 100 });
      expect(backwards?.reverse()).toEqual(shell.history());
      if (round % 3 !== 0) continue;
      const [now, before] = [shell.clock.now(), shell.history()];
      await shell.close();
      shell = open({ dir, now });
      shell.executions.recover();
      expect(shell.history()).toEqual(before);
    }
  });

  it('lists the newest first, by status and from a place on', async () => {
    const shell = open();
    for (const n of [1, 2, 3]) await shell.start(n === 2 ? passing : waiting, `run-${n}`);
    const names = (query: object) =>
      shell.executions.list({ machine: MACHINE, limit: 10, ...query }).map(({ name }) => name);
    expect(names({})).toEqual(['run-3', 'run-2', 'run-1']);
    expect(names({ status: 'RUNNING' })).toEqual(['run-3', 'run-1']);
    const [first] = shell.executions.list({ machine: MACHINE, limit: 1 });
    expect(names({ before: first?.row })).toEqual(['run-2', 'run-1']);
  });
});
