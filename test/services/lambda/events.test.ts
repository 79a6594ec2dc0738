import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogsService } from '../../../local/services/logs/service';
import { makeLambda, makeParts, START } from './local-cloud';

const EVENT = { InvocationType: 'Event' };
/** Says in its log when it was tried, and fails as often as it is told. */
const FAILING = `exports.handler = async ({ fail }) => {
  process.stdout.write('tried ' + Date.now() + '\\n');
  if (fail) throw new Error('not yet');
}`;

async function setUp(dir?: string) {
  const parts = makeParts({ dir, start: START });
  parts.aws.register(new LogsService(parts));
  await parts.aws
    .call('cloudwatchlogs', 'CreateLogGroup', { logGroupName: '/aws/lambda/fn' }, { via: 'test' })
    .catch(() => {});
  const made = makeLambda(parts);
  const messages = async (): Promise<string[]> => {
    await parts.work.idle();
    const input = { logGroupName: '/aws/lambda/fn' };
    const { events } = await parts.aws.call('cloudwatchlogs', 'FilterLogEvents', input, { via: 'test' });
    return events.map(({ message }: { message: string }) => message.trim());
  };
  const tries = async () =>
    (await messages()).filter((line) => line.startsWith('tried')).map((line) => Number(line.slice(6)) - START);
  const cleanUp = async () => {
    await made.cleanUp();
    await parts.close();
  };
  return { ...made, parts, messages, tries, cleanUp };
}

test('an event is accepted at once, and run once when it succeeds', async () => {
  const { define, invoke, parts, tries, cleanUp } = await setUp();
  await define(FAILING);
  const { output, value } = await invoke({}, EVENT);
  expect({ status: output.StatusCode, value }).toEqual({ status: 202, value: undefined });
  await parts.work.idle();
  await parts.clock.advanceBy(3_600_000);
  expect(await tries()).toEqual([0]);
  await cleanUp();
});

test('an event whose function fails is tried after one and two more minutes, then dropped with a line in the log', async () => {
  const { define, invoke, parts, tries, messages, cleanUp } = await setUp();
  await define(FAILING);
  await invoke({ fail: true }, EVENT);
  await parts.clock.advanceBy(3_600_000);
  expect(await tries()).toEqual([0, 60_000, 180_000]);
  expect((await messages()).filter((line) => line.includes('was given up: Error'))).toHaveLength(1);
  await cleanUp();
});

test('an event that finds no room waits, and is not counted as failed', async () => {
  const { define, invoke, parts, tries, cleanUp } = await setUp();
  await define(FAILING, { reservedConcurrency: 0 });
  await invoke({}, EVENT);
  await parts.clock.advanceBy(10_000);
  expect(await tries()).toEqual([]);
  await define(FAILING);
  await parts.clock.advanceBy(10_000);
  expect(await tries()).toEqual([15_000]);
  await cleanUp();
});

test('an accepted event outlives the process', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'events-'));
  const before = await setUp(dir);
  await before.define(FAILING, { reservedConcurrency: 0 });
  await before.invoke({}, EVENT);
  await before.cleanUp();

  const after = await setUp(dir);
  await after.define(FAILING);
  await after.parts.clock.advanceBy(10_000);
  expect(await after.tries()).toHaveLength(1);
  await after.cleanUp();
  rmSync(dir, { recursive: true });
});
