import { type AttributeValue, DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '../../local/assembly/cloud';

/**
 * Owns a burst of completed levels, put on the application's bus over HTTP as a game would, and what became of each
 * without anybody's help.
 */
export interface BurstResult {
  readonly events: number;
  /** How often each was put on the bus. */
  readonly times: number;
  /** Until the last event was acknowledged, and until the last execution had ended; real seconds. */
  readonly acceptedSeconds: number;
  readonly endedSeconds: number;
  /** How many executions ended in which status, and by which errors. */
  readonly executions: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  /** Messages in the queues of events that failed, and of reports and figures to be made up for. */
  readonly setAside: number;
  readonly toRepair: number;
  /** Completions in the table; ids that are missing there; completions that were counted. */
  readonly recorded: number;
  readonly missing: readonly string[];
  readonly counted: number;
  /** Points of all players together, and what they should be. */
  readonly points: number;
  readonly expectedPoints: number;
}

export interface BurstOptions {
  readonly events: number;
  /** Among how many the completions are spread, and the levels likewise. */
  readonly players: number;
  /** How often each event is told; 1 by default. */
  readonly times?: number;
}

const perRequest = 10;
const requestsAtOnce = 8;
/** Other events between two copies of one. */
const apart = 8;
/** An execution has five minutes; what has not ended long after that is stuck. */
const longestMs = 60 * 60 * 1000;

export async function burst(cloud: Cloud, { events, players, times = 1 }: BurstOptions): Promise<BurstResult> {
  const { region, ...credentials } = cloud.endpoints.credentials;
  const options = { endpoint: cloud.endpoints.aws, region, credentials };
  const bus = new EventBridgeClient(options);
  const tables = new DynamoDBClient(options);
  const details = Array.from({ length: events }, (_, index) => completion(index, players, cloud.clock.now()));
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const busName = await findBus(cloud);
    const requests = chunks(severalTimes(details, times), perRequest);
    await Promise.all(Array.from({ length: requestsAtOnce }, () => putAll(bus, busName, requests)));
    const acceptedSeconds = seconds();
    const { executions, errors } = await ended(cloud, events * times);
    const endedSeconds = seconds();

    const ids = (await scan(tables, 'Completions')).flatMap(({ completionId }) => completionId?.S ?? []);
    const recorded = new Set(ids.filter((id) => !id.includes('#')));
    const progress = await scan(tables, 'Players');
    return {
      events,
      times,
      acceptedSeconds,
      endedSeconds,
      executions,
      errors,
      setAside: await depth(cloud, '-DeadLetters'),
      toRepair: await depth(cloud, 'RepairsQueue'),
      recorded: recorded.size,
      missing: details.map(({ completionId }) => completionId).filter((id) => !recorded.has(id)),
      counted: ids.length - recorded.size,
      points: progress.reduce((sum, { points }) => sum + Number(points?.N), 0),
      expectedPoints: details.reduce((sum, { score }) => sum + score, 0),
    };
  } finally {
    bus.destroy();
    tables.destroy();
  }
}

/** Whether each event was recorded exactly once, for its player and by the metric, and none needs anybody's help. */
export function isWhole(result: BurstResult): boolean {
  const { events, times, executions, recorded, missing, counted, points, expectedPoints, setAside, toRepair } = result;
  return (
    executions.SUCCEEDED === events * times &&
    recorded === events &&
    missing.length === 0 &&
    counted === events &&
    points === expectedPoints &&
    setAside + toRepair === 0
  );
}

function completion(index: number, players: number, now: number) {
  return {
    completionId: `burst-${index}`,
    playerId: `player-${index % players}`,
    level: 1 + (index % Math.min(players, 999)),
    score: 100 + (index % 1000),
    durationSeconds: 60,
    completedAt: new Date(now).toISOString(),
  };
}

async function putAll(client: EventBridgeClient, busName: string, requests: object[][]): Promise<void> {
  for (let details = requests.pop(); details; details = requests.pop()) {
    const Entries = details.map((detail) => ({
      EventBusName: busName,
      Source: 'stepwright.game',
      DetailType: 'LevelCompleted',
      Detail: JSON.stringify(detail),
    }));
    const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount) throw new Error(`The bus refused ${FailedEntryCount} events.`);
  }
}

async function findBus({ aws }: Cloud): Promise<string> {
  const { EventBuses } = await aws.call('eventbridge', 'ListEventBuses', {}, { via: 'bench' });
  return EventBuses.find(({ Name }: { Name: string }) => Name !== 'default').Name;
}

/** Lets time pass until so many executions have ended, and answers how. Where the clock stands still, it is moved. */
async function ended(cloud: Cloud, expected: number): Promise<Pick<BurstResult, 'executions' | 'errors'>> {
  const { own } = cloud.services.states;
  const { stateMachines } = await cloud.aws.call('sfn', 'ListStateMachines', {}, { via: 'bench' });
  const { stateMachineArn } = stateMachines.find(({ name }: { name: string }) => name.includes('GameLevelComplete'));
  const until = cloud.clock.now() + longestMs;
  for (;;) {
    await cloud.work.idle();
    const all = own.list(stateMachineArn);
    const executions = tally(all.map(({ status }) => status));
    const over = executions.RUNNING === undefined && all.length >= expected;
    if (over || cloud.clock.now() > until) {
      const failed = all.filter(({ status }) => status !== 'SUCCEEDED');
      const causes = failed.map(({ executionArn }) => own.describe(executionArn));
      return { executions, errors: tally(causes.map((end) => `${end?.error}: ${end?.cause}`)) };
    }
    if (cloud.clock.position.scale === 0) await cloud.clock.advanceToNext();
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

async function depth({ aws }: Cloud, word: string): Promise<number> {
  const call = (operation: string, input: object) => aws.call('sqs', operation, input, { via: 'bench' });
  const { QueueUrls } = await call('ListQueues', {});
  const QueueUrl = QueueUrls.find((url: string) => url.includes(word));
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'];
  const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames });
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

/** Each of them so many times, the copies so close that they are under way at once. */
function severalTimes<T>(items: readonly T[], times: number): T[] {
  return items.flatMap((_, index) =>
    Array.from({ length: times }, (_, copy) => items[(index + copy * apart) % items.length] as T),
  );
}

async function scan(client: DynamoDBClient, word: string): Promise<Record<string, AttributeValue>[]> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => name.includes(word));
  const rows: Record<string, AttributeValue>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) rows.push(...Items);
  return rows;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
