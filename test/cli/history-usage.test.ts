import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { usageOfHistory } from '../../local/cli/cost/history-usage';

/** A history as GetExecutionHistory answers it: each event follows the one before, 40 ms later. */
function history(...events: Array<Partial<HistoryEvent> & { type: HistoryEvent['type'] }>): HistoryEvent[] {
  return events.map((event, index) => ({
    id: index + 1,
    previousEventId: index,
    timestamp: new Date(1_000_000 + index * 40),
    ...event,
  }));
}

const scheduled = (resourceType: string, resource: string, parameters: object) => ({
  type: 'TaskScheduled' as const,
  taskScheduledEventDetails: { resourceType, resource, region: 'us-east-1', parameters: JSON.stringify(parameters) },
});
const invoke = (resource = 'invoke') =>
  scheduled('lambda', resource, { FunctionName: 'arn:aws:lambda:us-east-1:1:function:credit', Payload: {} });
const ENTERED = { type: 'TaskStateEntered' as const };
const STARTED = { type: 'TaskStarted' as const };

const arm = async () => ({ memoryMb: 256, architecture: 'arm64' as const });

const RUN = { 'lambda.requests:credit': 1, 'lambda.ms:credit': 40, 'lambda.arm64.mbms:credit': 256 * 40 };

test.each<[string, HistoryEvent[], object]>([
  ['an invocation', history(ENTERED, invoke(), STARTED, { type: 'TaskSucceeded' }), RUN],
  ['one that failed', history(ENTERED, invoke(), STARTED, { type: 'TaskFailed' }), RUN],
  [
    'a function as Resource',
    history(
      ENTERED,
      { type: 'LambdaFunctionScheduled', lambdaFunctionScheduledEventDetails: { resource: 'credit' } },
      { type: 'LambdaFunctionStarted' },
      { type: 'LambdaFunctionSucceeded' },
    ),
    RUN,
  ],
  [
    'one that waits for a token afterwards: it has run once, for as long as it ran',
    history(ENTERED, invoke('invoke.waitForTaskToken'), STARTED, { type: 'TaskSubmitted' }, { type: 'TaskSucceeded' }),
    RUN,
  ],
  [
    'a retry',
    history(ENTERED, invoke(), STARTED, { type: 'TaskFailed' }, invoke(), STARTED, { type: 'TaskSucceeded' }),
    { 'lambda.requests:credit': 2, 'lambda.ms:credit': 80, 'lambda.arm64.mbms:credit': 256 * 80 },
  ],
  ['an SDK integration', history(ENTERED, scheduled('aws-sdk:s3', 'putObject', { Body: {} })), { 's3.put': 1 }],
  [
    'a message given as JSON, in chunks of 64 KB',
    history(ENTERED, scheduled('sqs', 'sendMessage', { MessageBody: { text: 'x'.repeat(70_000) } })),
    { 'sqs.requests': 2 },
  ],
  [
    'events',
    history(
      ENTERED,
      scheduled('events', 'putEvents', { Entries: [{ Source: 'a', Detail: { a: 1 } }, { Source: 'b' }] }),
    ),
    { 'events.custom': 2 },
  ],
  [
    'a write, by the size of its item',
    history(ENTERED, scheduled('dynamodb', 'putItem', { Item: { text: { S: 'x'.repeat(1500) } } })),
    { 'dynamodb.write': 2 },
  ],
  ['a read', history(ENTERED, scheduled('dynamodb', 'getItem', { Key: {} })), { 'dynamodb.read': 0.5 }],
  ['nothing', history({ type: 'ExecutionStarted' }, { type: 'PassStateEntered' }), {}],
])('%s', async (_, events, expected) => {
  const usage = await usageOfHistory(events, arm);
  const billed = Object.entries(usage).filter(([meter]) => !meter.startsWith('call:'));
  expect(Object.fromEntries(billed)).toEqual(expected);
});

test('a function that is gone counts with the smallest memory, and parameters that are cut off as none', async () => {
  const gone = () => Promise.reject(new Error('ResourceNotFoundException'));
  const events = history(ENTERED, invoke(), STARTED, { type: 'TaskSucceeded' });
  expect(await usageOfHistory(events, gone)).toMatchObject({ 'lambda.x86_64.mbms:credit': 128 * 40 });
  const cut = { ...scheduled('sqs', 'sendMessage', {}) };
  cut.taskScheduledEventDetails.parameters = '{"MessageBody":"x';
  expect(await usageOfHistory(history(ENTERED, cut), arm)).toMatchObject({ 'sqs.requests': 1 });
});
