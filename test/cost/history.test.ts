import { costEvent } from '../../local/cli/cost/events';
import { costOfHistory, usageOfTrigger } from '../../local/cost/history';
import { AwsError } from '../../local/services/aws';
import { LocalCloud, task } from '../services/states/local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

/** What the history of an execution that has ended tells. */
function costOf(executionArn: string) {
  const history = cloud.states.executions.history(executionArn, { limit: 1000 }) ?? [];
  return costOfHistory(history.map(costEvent));
}

async function run(definition: object, input: unknown = {}): Promise<string> {
  const { executionArn } = await cloud.run(definition, input);
  await cloud.clock.advanceBy(3_600_000);
  return executionArn;
}

const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 3 }];
const SEND = 'arn:aws:states:::sqs:sendMessage';
const MESSAGE = { QueueUrl: 'http://queue', MessageBody: 'hello' };

/** A queue that refuses the first messages. */
function queueRefusing(times: number) {
  let calls = 0;
  cloud.play('sqs', () => {
    calls += 1;
    if (calls <= times) throw new AwsError('QueueDoesNotExist', 'not yet');
    return { MessageId: 'm' };
  });
}

test('each state counts once, and a retry once more', async () => {
  queueRefusing(2);
  const arn = await run(task(SEND, MESSAGE, { Retry: RETRY }));
  expect(costOf(arn)).toMatchObject({ transitions: 3, retries: 2, standardOnly: [] });
});

test('branches of a Parallel, its retry, and the items of a Map', async () => {
  queueRefusing(1);
  const send = { Type: 'Task', Resource: SEND, Parameters: MESSAGE, End: true };
  const pass = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
  const definition = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'A', States: { A: send } }, pass('B')],
        Retry: RETRY,
        ResultPath: null,
        Next: 'Each',
      },
      Each: { Type: 'Map', ItemsPath: '$.items', ItemProcessor: pass('C'), End: true },
    },
  };
  const arn = await run(definition, { items: [1, 2, 3] });
  // Both, A and B twice with one retry; Each and three times C.
  expect(costOf(arn)).toMatchObject({ transitions: 1 + 4 + 1 + 1 + 3, retries: 1, branches: 4 + 3 });
});

test('a redrive counts, and what it runs again', async () => {
  queueRefusing(1);
  const arn = await run(task(SEND, MESSAGE));
  expect(costOf(arn).transitions).toBe(1);
  await cloud.call('RedriveExecution', { executionArn: arn });
  await cloud.work.idle();
  expect((await cloud.call('DescribeExecution', { executionArn: arn })).status).toBe('SUCCEEDED');
  const { transitions } = costOf(arn);
  expect(transitions).toBe(3);
});

test('what waits for a token cannot be Express', async () => {
  queueRefusing(0);
  const arguments_ = { ...MESSAGE, MessageBody: '{% $states.context.Task.Token %}' };
  const { executionArn } = await cloud.run(task(`${SEND}.waitForTaskToken`, arguments_));
  expect(costOf(executionArn)).toMatchObject({ transitions: 1, standardOnly: ['token'] });
});

test.each([
  [{ type: 'TaskScheduled', resource: 'sendMessage.waitForTaskToken' }, ['token']],
  [{ type: 'TaskScheduled', resource: 'startExecution.sync:2' }, ['job']],
  [{ type: 'TaskScheduled', resource: 'submitJob.sync' }, ['job']],
  [{ type: 'ActivityScheduled' }, ['activity']],
  [{ type: 'MapRunStarted' }, ['distributedMap']],
  [{ type: 'TaskScheduled', resource: 'sendMessage' }, []],
])('%j: what Express cannot, named once', (event, expected) => {
  const once = { id: 1, previousEventId: 0, timestamp: 0, dataBytes: 0, ...event };
  expect(costOfHistory([once, { ...once, id: 2 }]).standardOnly).toEqual(expected);
});

test.each([
  ['an event that a rule passed on', { source: 'game' }, { 'events.custom': 1 }],
  ['a large one', { source: 'game', detail: 'x'.repeat(70_000) }, { 'events.custom': 2 }],
  ['an event of AWS’s own', { source: 'aws.s3' }, {}],
])('what set it off: %s', (_, more, expected) => {
  const event = { id: '1', 'detail-type': 't', account: '1', time: 't', region: 'r', detail: {}, ...more };
  expect(usageOfTrigger(JSON.stringify(event))).toEqual(expected);
});

test.each(['{}', '[1]', 'null', '"text"', 'no json', '{"source":"x"}'])('an input like %s tells nothing', (text) => {
  expect(usageOfTrigger(text)).toEqual({});
});
