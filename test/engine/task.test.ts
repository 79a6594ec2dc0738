import { outstanding, taskStatus } from '../../local/engine/step';
import { parametersFor } from '../asl/integrations/parameters-for';
import { ACTIVITY, CALLBACK, FUNCTION, Hand, INVOKE, machine, SYNC } from './hand';

const task = (resource: string, more: object = {}) =>
  machine({ T: { Type: 'Task', Resource: resource, ...parametersFor(resource), End: true, ...more } });

async function started(resource: string, more: object = {}, input = {}): Promise<Hand> {
  const hand = new Hand(task(resource, more), input);
  await hand.start();
  return hand;
}

describe('a Lambda function by its ARN', () => {
  it('is called, and its answer is the result', async () => {
    const hand = await started(FUNCTION, { TimeoutSeconds: 9, ResultPath: '$.r' }, { a: 1 });
    expect(hand.effects).toEqual([
      {
        type: 'call',
        task: 1,
        call: {
          stateName: 'T',
          resource: FUNCTION,
          parameters: { a: 1 },
          attempt: 0,
          idempotencyKey: `${hand.execution.arn}/1`,
        },
      },
    ]);
    expect(hand.details('LambdaFunctionScheduled')).toEqual({
      resource: FUNCTION,
      input: '{"a":1}',
      inputDetails: { truncated: false },
      timeoutInSeconds: 9,
    });
    expect(await hand.send({ type: 'taskSucceeded', task: 1, output: 'done' })).toBe(true);
    expect(hand.chain.slice(2)).toEqual([
      '3<2 LambdaFunctionScheduled',
      '4<3 LambdaFunctionStarted',
      '5<4 LambdaFunctionSucceeded',
      '6<5 TaskStateExited',
      '7<6 ExecutionSucceeded',
    ]);
    expect(hand.execution.output).toEqual({ a: 1, r: 'done' });
    expect(hand.effects).toEqual([{ type: 'ended' }]);
  });

  it('fails the execution with its error and cause', async () => {
    const hand = await started(FUNCTION);
    await hand.send({ type: 'taskFailed', task: 1, error: 'Boom', cause: '{"errorType":"Boom"}' });
    expect(hand.details('LambdaFunctionFailed')).toEqual({ error: 'Boom', cause: '{"errorType":"Boom"}' });
    expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'Boom', cause: '{"errorType":"Boom"}' });
  });

  it('whose result is too large fails with States.DataLimitExceeded', async () => {
    const hand = await started(FUNCTION, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'T' }] });
    await hand.send({ type: 'taskSucceeded', task: 1, output: 'é'.repeat(131_072) });
    expect(hand.types).toContain('LambdaFunctionFailed');
    expect(hand.execution).toMatchObject({
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${FUNCTION}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  });
});

describe('a service integration', () => {
  it('names its service, action and region', async () => {
    const hand = await started('arn:aws:states:::aws-sdk:dynamodb:putItem', {
      Parameters: { TableName: 't', 'Item.$': '$' },
    });
    expect(hand.details('TaskScheduled')).toEqual({
      resourceType: 'aws-sdk:dynamodb',
      resource: 'putItem',
      region: 'us-east-1',
      parameters: '{"TableName":"t","Item":{}}',
    });
    expect(hand.details('TaskStarted')).toEqual({ resourceType: 'aws-sdk:dynamodb', resource: 'putItem' });
  });

  it('with a callback hands its token out, and waits for it after the request', async () => {
    const hand = await started(CALLBACK, {
      Parameters: { QueueUrl: 'q', 'MessageBody.$': '$$.Task.Token' },
    });
    expect(hand.effects).toMatchObject([{ call: { token: 'token-1', parameters: { MessageBody: 'token-1' } } }]);
    expect(await hand.send({ type: 'taskSubmitted', task: 1, output: { MessageId: 'm' } })).toBe(true);
    expect(await hand.send({ type: 'taskSubmitted', task: 1, output: {} })).toBe(false);
    await hand.send({ type: 'taskSucceeded', task: 1, output: { ok: true } });
    expect(hand.types.slice(3, 6)).toEqual(['TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    expect(hand.execution.output).toEqual({ ok: true });
  });

  it('may be answered before its request is', async () => {
    const hand = await started(CALLBACK);
    await hand.send({ type: 'taskSucceeded', task: 1, output: 1 });
    expect(await hand.send({ type: 'taskSubmitted', task: 1, output: {} })).toBe(false);
    expect(hand.execution.output).toBe(1);
  });

  it('whose request is refused records that', async () => {
    const hand = await started(SYNC);
    await hand.send({ type: 'taskFailed', task: 1, error: 'E', cause: 'c', phase: 'submit' });
    expect(hand.details('TaskSubmitFailed')).toMatchObject({ resource: 'startExecution.sync:2', error: 'E' });
  });

  it('carries its credentials', async () => {
    const hand = await started(INVOKE, { Credentials: { 'RoleArn.$': '$.role' } }, { role: 'arn:aws:iam::1:role/x' });
    expect(hand.effects).toMatchObject([{ call: { credentials: { RoleArn: 'arn:aws:iam::1:role/x' } } }]);
    expect(hand.details('TaskScheduled')).toMatchObject({ taskCredentials: { roleArn: 'arn:aws:iam::1:role/x' } });
  });
});

describe('an activity', () => {
  it('is offered, taken once, and kept alive by heartbeats', async () => {
    const hand = await started(ACTIVITY, { TimeoutSeconds: 100, HeartbeatSeconds: 10 }, { id: 1 });
    expect(hand.effects).toEqual([
      { type: 'offer', task: 1, stateName: 'T', activityArn: ACTIVITY, input: { id: 1 }, token: 'token-1' },
    ]);
    await hand.pass(1000);
    expect(await hand.send({ type: 'activityStarted', task: 1, workerName: 'Ada' })).toBe(true);
    expect(await hand.send({ type: 'activityStarted', task: 1 })).toBe(false);
    expect(hand.dueIn).toBe(10);
    await hand.pass(9);
    await hand.send({ type: 'heartbeat', task: 1 });
    await hand.pass(9);
    expect(await hand.send({ type: 'taskSucceeded', task: 1, output: 'good' })).toBe(true);
    expect(hand.types.slice(2, 5)).toEqual(['ActivityScheduled', 'ActivityStarted', 'ActivitySucceeded']);
    expect(hand.details('ActivityStarted')).toEqual({ workerName: 'Ada' });
  });

  it('that is not there fails the state before anything is scheduled', async () => {
    const hand = new Hand(task(ACTIVITY), {}, { hasActivity: () => false });
    await hand.start();
    expect(hand.types.slice(1)).toEqual(['TaskStateEntered', 'ExecutionFailed']);
    expect(hand.execution.cause).toContain(`The activity ${ACTIVITY} does not exist.`);
  });
});

describe('time', () => {
  it('runs out with States.Timeout, without a cause', async () => {
    const hand = await started(INVOKE, { TimeoutSecondsPath: '$.t' }, { t: 5 });
    expect(hand.dueIn).toBe(5);
    await hand.pass(5);
    expect(hand.details('TaskTimedOut')).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      error: 'States.Timeout',
    });
    expect(hand.effects).toEqual([{ type: 'forget', task: 1 }, { type: 'ended' }]);
    expect(await hand.send({ type: 'taskSucceeded', task: 1, output: 1 })).toBe(false);
  });

  it('a heartbeat does not move the timeout', async () => {
    const hand = await started(CALLBACK, { TimeoutSeconds: 15, HeartbeatSeconds: 10 });
    await hand.pass(9);
    await hand.send({ type: 'heartbeat', task: 1 });
    expect(hand.dueIn).toBe(6);
  });

  it.each([
    ['States.HeartbeatTimeout', 10, true],
    ['States.HeartbeatTimeout', 5, false],
    ['States.Timeout', 10, true],
    ['States.TaskFailed', 10, false],
  ])(
    'a missed heartbeat is recorded as a timeout and caught by %s (timeout after %d s)',
    async (name, timeout, caught) => {
      const catcher = { ErrorEquals: [name], Next: 'Caught', ResultPath: '$.e' };
      const hand = new Hand(
        machine({
          T: {
            Type: 'Task',
            Resource: CALLBACK,
            ...parametersFor(CALLBACK),
            HeartbeatSeconds: 6,
            TimeoutSeconds: timeout,
            Catch: [catcher],
            End: true,
          },
          Caught: { Type: 'Succeed' },
        }),
      );
      await hand.start();
      await hand.pass(hand.dueIn as number);
      expect(hand.details('TaskTimedOut')).toMatchObject({ error: 'States.Timeout' });
      expect(hand.execution.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
      if (caught) expect(hand.execution.output).toEqual({ e: { Error: 'States.Timeout', Cause: '' } });
    },
  );

  it.each([0, -1, 1.5, 'x'])('refuses a timeout of %p', async (t) => {
    const hand = await started(INVOKE, { TimeoutSecondsPath: '$.t' }, { t });
    expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('after a restart', () => {
  it.each([
    ['a call under way is made again', FUNCTION, [], ['call']],
    ['a call for a token that was not accepted is made again', CALLBACK, [], ['call']],
    ['a holder of a token is waited for', CALLBACK, ['taskSubmitted'], []],
    ['a job is watched again', SYNC, ['taskSubmitted'], ['call']],
    ['an activity task that nobody took is offered again', ACTIVITY, [], ['offer']],
    ['a worker is waited for', ACTIVITY, ['activityStarted'], []],
  ])('%s', async (_what, resource, stimuli, effects) => {
    const hand = await started(resource, {}, { a: 1 });
    const [begun] = hand.effects;
    for (const type of stimuli) await hand.send({ type, task: 1, output: {} } as never);
    const reloaded = JSON.parse(JSON.stringify(hand.execution));
    const again = outstanding(reloaded, hand.context);
    expect(again.map(({ type }) => type)).toEqual(effects);
    if (effects.length > 0) expect(again).toEqual([begun]);
    expect(taskStatus(reloaded, 1)).toBe('open');
  });

  it('an answered task is closed', async () => {
    const hand = await started(INVOKE);
    await hand.send({ type: 'taskSucceeded', task: 1, output: 1 });
    expect(taskStatus(hand.execution, 1)).toBe('closed');
    expect(outstanding(hand.execution, hand.context)).toEqual([]);
  });
});
