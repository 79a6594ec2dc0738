import { type AttributeValue, DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '../../local/assembly/cloud';

/**
 * Owns a burst of completed levels, put on the application's bus over HTTP as a game would, and what became of each.
 */
export interface BurstResult {
  readonly events: number;
  /** Until the last event was acknowledged, and until the last execution had ended; real seconds. */
  readonly acceptedSeconds: number;
  readonly endedSeconds: number;
  /** Events that met more trouble than their retries allow, and were sent again from the dead letters. */
  readonly sentAgain: number;
  /** Completions in the table; ids that are missing there or stand there for no event. */
  readonly recorded: number;
  readonly missing: readonly string[];
  /** Points of all players together, and what they should be. */
  readonly points: number;
  readonly expectedPoints: number;
}

const perRequest = 10;
const requestsAtOnce = 8;

/** @param players among how many the completions are spread, and the levels likewise */
export async function burst(cloud: Cloud, events: number, players: number): Promise<BurstResult> {
  const { region, ...credentials } = cloud.endpoints.credentials;
  const options = { endpoint: cloud.endpoints.aws, region, credentials };
  const bus = new EventBridgeClient(options);
  const tables = new DynamoDBClient(options);
  const details = Array.from({ length: events }, (_, index) => completion(index, players, cloud.clock.now()));
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const busName = await findBus(cloud);
    const requests = chunks(details, perRequest);
    await Promise.all(Array.from({ length: requestsAtOnce }, () => putAll(bus, busName, requests)));
    const acceptedSeconds = seconds();
    // Retries wait by the clock, which stands still otherwise.
    await cloud.clock.advanceBy(300_000);
    let sentAgain = 0;
    for (let letters = await takeDeadLetters(cloud); letters.length > 0; letters = await takeDeadLetters(cloud)) {
      sentAgain += letters.length;
      if (sentAgain > events) break;
      await putAll(bus, busName, chunks(letters, perRequest));
      await cloud.clock.advanceBy(300_000);
    }
    const endedSeconds = seconds();

    const rows = await scan(tables, 'Completions');
    const recorded = new Set(
      rows.flatMap(({ completionId }) => completionId?.S ?? []).filter((id) => !id.includes('#')),
    );
    const progress = await scan(tables, 'Players');
    return {
      events,
      acceptedSeconds,
      endedSeconds,
      sentAgain,
      recorded: recorded.size,
      missing: details.map(({ completionId }) => completionId).filter((id) => !recorded.has(id)),
      points: progress.reduce((sum, { points }) => sum + Number(points?.N), 0),
      expectedPoints: details.reduce((sum, { score }) => sum + score, 0),
    };
  } finally {
    bus.destroy();
    tables.destroy();
  }
}

/** Whether each event was recorded exactly once: counted once for its player, too. */
export function isWhole({ events, recorded, missing, points, expectedPoints }: BurstResult): boolean {
  return recorded === events && missing.length === 0 && points === expectedPoints;
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

/** What operations do with events that were set aside: takes them out of their queue, to be sent again. */
async function takeDeadLetters({ aws }: Cloud): Promise<object[]> {
  const call = (operation: string, input: object) => aws.call('sqs', operation, input, { via: 'bench' });
  const { QueueUrls } = await call('ListQueues', {});
  const QueueUrl = QueueUrls.find((url: string) => url.includes('-DeadLetters'));
  const letters: object[] = [];
  for (;;) {
    const { Messages = [] } = await call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    if (Messages.length === 0) return letters;
    for (const { Body, ReceiptHandle } of Messages) {
      letters.push(JSON.parse(Body).event.detail);
      await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  }
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
