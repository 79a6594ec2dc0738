import { CALLBACK, FUNCTION, Hand, machine } from './hand';

const TASK = { Type: 'Task', Resource: FUNCTION };

/** The types of the events since the last redrive. */
function since(hand: Hand): string[] {
  return hand.types.slice(hand.types.lastIndexOf('ExecutionRedriven') + 1);
}

it('does the failed state again, not those before it, and not entering it anew', async () => {
  const hand = new Hand(
    machine({ A: { Type: 'Pass', Result: 1, Next: 'B' }, B: { ...TASK, Next: 'C' }, C: { Type: 'Succeed' } }),
  );
  await hand.start();
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Boom' });
  expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'Boom' });
  hand.now += 5000;
  expect(await hand.send({ type: 'redrive' })).toBe(true);
  expect(hand.execution).toMatchObject({ status: 'RUNNING', redriveCount: 1, redrivenAt: hand.now });
  expect(hand.execution).not.toHaveProperty('error');
  expect(hand.execution).not.toHaveProperty('stoppedAt');
  await hand.send({ type: 'taskSucceeded', task: hand.task, output: 'done' });
  expect(hand.execution).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
  expect(since(hand)).toEqual([
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
  expect(hand.chain.slice(7, 10)).toEqual([
    '8<7 ExecutionFailed',
    '9<8 ExecutionRedriven',
    '10<9 LambdaFunctionScheduled',
  ]);
});

it('gives the state its retries and its time again, and the machine its own', async () => {
  const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 10 }];
  const hand = new Hand(machine({ A: { ...TASK, TimeoutSeconds: 50, Retry, End: true } }, { TimeoutSeconds: 100 }));
  await hand.start();
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Boom' });
  await hand.pass(10);
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Boom' });
  expect(hand.execution.status).toBe('FAILED');
  hand.now += 1000 * 1000;
  await hand.send({ type: 'redrive' });
  expect(hand.dueIn).toBe(50);
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Boom' });
  expect(hand.dueIn).toBe(10);
  await hand.pass(10);
  expect(hand.dueIn).toBe(50);
  await hand.pass(50);
  expect(hand.details('LambdaFunctionTimedOut')).toEqual({ error: 'States.Timeout' });
});

it('takes up what was stopped or timed out', async () => {
  const hand = new Hand(machine({ A: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 30 }));
  await hand.start();
  await hand.pass(30);
  expect(hand.execution.status).toBe('TIMED_OUT');
  await hand.send({ type: 'redrive' });
  expect(hand.dueIn).toBe(30);
  await hand.send({ type: 'stop' });
  expect(hand.execution.status).toBe('ABORTED');
  await hand.send({ type: 'redrive' });
  expect(hand.execution).toMatchObject({ status: 'RUNNING', redriveCount: 2 });
});

it('takes up only those branches of a Parallel that had not succeeded', async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: { ...TASK, Parameters: name, End: true } } });
  const hand = new Hand(machine({ P: { Type: 'Parallel', Branches: ['A', 'B', 'C'].map(branch), End: true } }));
  await hand.start();
  const calls = () => hand.effects.flatMap((effect) => (effect.type === 'call' ? [effect] : []));
  const [a, b] = calls();
  await hand.send({ type: 'taskSucceeded', task: a?.task as number, output: 'a' });
  await hand.send({ type: 'taskFailed', task: b?.task as number, error: 'Boom' });
  expect(hand.execution.status).toBe('FAILED');
  await hand.send({ type: 'redrive' });
  expect(calls().map(({ call }) => call.parameters)).toEqual(['B', 'C']);
  const [again, other] = calls();
  await hand.send({ type: 'taskSucceeded', task: again?.task as number, output: 'b' });
  await hand.send({ type: 'taskSucceeded', task: other?.task as number, output: 'c' });
  expect(hand.execution).toMatchObject({ status: 'SUCCEEDED', output: ['a', 'b', 'c'] });
});

it('takes up only those iterations of a Map that had not succeeded, and those that had not begun', async () => {
  const ItemProcessor = { StartAt: 'A', States: { A: { ...TASK, End: true } } };
  const hand = new Hand(machine({ M: { Type: 'Map', MaxConcurrency: 1, ItemProcessor, End: true } }), [1, 2, 3]);
  await hand.start();
  await hand.send({ type: 'taskSucceeded', task: hand.task, output: 'one' });
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Boom' });
  expect(hand.execution.status).toBe('FAILED');
  await hand.send({ type: 'redrive' });
  expect(hand.effects).toMatchObject([{ type: 'call', call: { parameters: 2 } }]);
  await hand.send({ type: 'taskSucceeded', task: hand.task, output: 'two' });
  await hand.send({ type: 'taskSucceeded', task: hand.task, output: 'three' });
  expect(hand.execution).toMatchObject({ status: 'SUCCEEDED', output: ['one', 'two', 'three'] });
});

it('does not take up what a catcher had taken', async () => {
  const branch = { StartAt: 'A', States: { A: { ...TASK, End: true } } };
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
  const hand = new Hand(
    machine({ P: { Type: 'Parallel', Branches: [branch], Catch, Next: 'B' }, B: { Type: 'Fail', Error: 'End' } }),
  );
  await hand.start();
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Boom' });
  expect(hand.execution.error).toBe('End');
  await hand.send({ type: 'redrive' });
  expect(since(hand)).toEqual(['ExecutionFailed']);
  expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'End', redriveCount: 1 });
});

it('joins branches again when the joining failed', async () => {
  const Branches = [{ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }];
  const hand = new Hand(machine({ P: { Type: 'Parallel', Branches, ResultSelector: { 'a.$': '$[7]' }, End: true } }));
  await hand.start();
  expect(hand.execution.status).toBe('FAILED');
  await hand.send({ type: 'redrive' });
  expect(since(hand)).not.toContain('PassStateEntered');
  expect(hand.execution).toMatchObject({ status: 'FAILED', redriveCount: 1 });
});

it('tells RedriveCount, and gives tasks new tokens', async () => {
  const Parameters = {
    QueueUrl: 'q',
    MessageBody: { 'token.$': '$$.Task.Token', 'count.$': '$$.Execution.RedriveCount' },
  };
  const hand = new Hand(machine({ A: { Type: 'Task', Resource: CALLBACK, Parameters, End: true } }));
  await hand.start();
  const first = hand.task;
  expect(hand.effects).toMatchObject([{ call: { parameters: { MessageBody: { token: 'token-1', count: 0 } } } }]);
  await hand.send({ type: 'stop' });
  await hand.send({ type: 'redrive' });
  expect(hand.effects).toMatchObject([{ call: { parameters: { MessageBody: { token: 'token-2', count: 1 } } } }]);
  expect(await hand.send({ type: 'taskSucceeded', task: first, output: 1 })).toBe(false);
});

it('is stale for what runs, has succeeded, or is Express', async () => {
  const running = new Hand(machine({ A: { Type: 'Wait', Seconds: 60, End: true } }));
  await running.start();
  expect(await running.send({ type: 'redrive' })).toBe(false);
  await running.pass(60);
  expect(running.execution.status).toBe('SUCCEEDED');
  expect(await running.send({ type: 'redrive' })).toBe(false);
  const express = new Hand(machine({ A: { Type: 'Fail' } }), {}, { type: 'EXPRESS' });
  await express.start();
  expect(await express.send({ type: 'redrive' })).toBe(false);
});

it('forgets nothing that ended with the execution when what it takes up first fails again', async () => {
  const joins = { StartAt: 'T', States: { T: { ...TASK, End: true } } };
  const each = { Type: 'Parallel', Branches: [joins], OutputPath: '$.no', End: true };
  const hand = new Hand(
    machine({ M: { Type: 'Map', ItemProcessor: { StartAt: 'P', States: { P: each } }, End: true } }),
    [1, 2],
  );
  await hand.start();
  await hand.send({ type: 'taskSucceeded', task: 1, output: {} });
  expect(hand.effects).toEqual([{ type: 'forget', task: 2 }, { type: 'ended' }]);
  await hand.send({ type: 'redrive' });
  expect(hand.execution.status).toBe('FAILED');
  expect(hand.effects).toEqual([{ type: 'ended' }]);
});
