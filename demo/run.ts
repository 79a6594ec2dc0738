import { Cloud } from '../local/assembly/cloud';
import { ensureAssembly } from '../local/cli/synth';
import { readMetrics, readObjects } from './inventory';
import { playHelloWorld } from './journeys/hello-world';
import { playLevelComplete } from './journeys/level-complete';
import { playHappyLoan, playLostLoan, playOverdueLoan } from './journeys/loans';
import { Stage } from './stage';
import { Timeline } from './timeline';

/** The demo begins on a Monday morning; what it prints is the same at every run but for ids and ports. */
const START = Date.parse('2026-03-02T10:00:00Z');

const JOURNEYS = [playLevelComplete, playHappyLoan, playOverdueLoan, playLostLoan, playHelloWorld];

/**
 * Plays everything on a fresh local cloud in memory, and says what differed from what it should be.
 * @param json print one document, and the timeline on standard error
 * @returns the exit code
 */
export async function runDemo(json: boolean): Promise<number> {
  const aside = (line: string) => process.stderr.write(`${line}\n`);
  // The timeline is the result, or said on the side.
  const page = json ? process.stderr : process.stdout;
  const write = (line: string) => page.write(`${line}\n`);
  const timeline = new Timeline(write, page.isTTY === true, page.columns ?? 120);

  const assemblyDir = await ensureAssembly(process.cwd(), (command) =>
    aside(`Synthesizing the application: ${command}`),
  );
  aside('Bringing up the local cloud ...');
  const cloud = await Cloud.boot({ assemblyDir, clock: { start: START, scale: 0 }, iam: 'enforce' });
  let stage: Stage | undefined;
  try {
    stage = await Stage.set(cloud, timeline);
    const failure = await play(stage);
    const document = await inventory(stage);
    show(timeline, document);
    if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return conclude(stage, failure, write);
  } finally {
    stage?.strike();
    await cloud.stop();
  }
}

/** Plays the journeys one after the other; answers why one could not go on. */
async function play(stage: Stage): Promise<string | undefined> {
  for (const journey of JOURNEYS) {
    try {
      await journey(stage);
    } catch (error) {
      await stage.settle();
      return `${journey.name.replace(/^play/, '')} could not go on: ${(error as Error).message}`;
    }
  }
  return undefined;
}

async function inventory(stage: Stage) {
  const summaries = await Promise.all(Object.values(stage.followers).map((follower) => follower.summaries()));
  return {
    executions: summaries.flat(),
    mails: stage.mails().map(({ to, subject, at }) => ({ to, subject, at })),
    objects: await readObjects(stage.s3),
    tables: await stage.tables(),
    metrics: await readMetrics(stage.cloudwatch, START - 86_400_000, stage.now + 86_400_000),
  };
}

type Inventory = Awaited<ReturnType<typeof inventory>>;

function show(timeline: Timeline, { executions, objects, tables, metrics }: Inventory): void {
  timeline.table('Executions', executions);
  for (const [name, rows] of Object.entries(tables)) timeline.table(`Table ${name}`, rows);
  for (const { bucket, key, contentType, size, body } of objects) {
    const isJson = contentType === 'application/json';
    timeline.text(
      `s3://${bucket}/${key}`,
      isJson ? JSON.stringify(JSON.parse(body), null, 2) : `${contentType}, ${size} bytes`,
    );
  }
  timeline.table('Metrics', metrics);
}

function conclude(stage: Stage, failure: string | undefined, write: (line: string) => void): number {
  const lacking = stage.cloud.permissions?.denials.map(
    ({ action, resource }) => `a role may not ${action} on ${resource}`,
  );
  const wrong = [...(failure ? [failure] : []), ...stage.checks.differences, ...(lacking ?? [])];
  if (wrong.length === 0) {
    write(`\nEverything was as it should be: ${stage.checks.made} checks.`);
    return 0;
  }
  for (const reason of wrong) process.stderr.write(`Not as it should be: ${reason}\n`);
  return 1;
}
