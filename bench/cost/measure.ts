import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { playHappyLoan, playLostLoan, playOverdueLoan } from '../../demo/journeys/loans';
import { Stage } from '../../demo/stage';
import { Timeline } from '../../demo/timeline';
import { Cloud } from '../../local/assembly/cloud';
import { fixturesOf } from '../../local/cli/cost/fixtures';
import { localSource } from '../../local/cli/cost/local-cloud';
import type { Workflow } from '../../local/cli/cost/source';
import { US_EAST_1 } from '../../local/cost/prices';
import { type CostReport, type Fixtures, reportOf } from '../../local/cost/report';
import { atEnd } from '../command/leftovers';
import { playNaive } from './naive';

/** A Monday morning, as in the demo. */
const START = Date.parse('2026-03-02T10:00:00Z');
/** Completions that the mean is of; one before them warms up what starts once. */
const COMPLETIONS = 5;

export interface Measured {
  readonly game: CostReport;
  /** A loan that is renewed once and returned. */
  readonly loan: CostReport;
  readonly naiveGame: CostReport;
  /** With `all`: loans that go otherwise, and the naive one. */
  readonly more?: { readonly overdue: CostReport; readonly lost: CostReport; readonly naiveLoan: CostReport };
  /** Series of metrics that the game's completions write for one level. */
  readonly seriesOfLevel: number;
  /** Alarms, dashboards and secrets of the stacks. */
  readonly fixtures: { readonly game: Fixtures; readonly loan: Fixtures };
}

/**
 * Plays the workflows on a local cloud in memory and tells what they cost: warm, each way as it goes without failures.
 * Durations are modelled, so that the figures are the same every time.
 * @param all play what is only told, too
 */
export async function measure(assemblyDir: string, all: boolean): Promise<Measured> {
  const booting = Cloud.boot({ assemblyDir, clock: { start: START, scale: 0 } });
  const stop = atEnd(async () => (await booting).stop());
  const cloud = await booting;
  const silent = new Timeline(() => {}, false, 80);
  const stage = await Stage.set(cloud, silent);
  try {
    const game = await playGame(cloud, stage);
    const series = await customSeries(cloud);
    const naive = await playNaive(cloud, completion(99), all);
    const loans: string[] = [];
    // The first warms up: its functions read their secrets once.
    for (const play of [playHappyLoan, playHappyLoan, ...(all ? [playOverdueLoan, playLostLoan] : [])]) {
      loans.push(await newExecution(cloud, 'LibraryLoan', () => play(stage)));
    }
    const report = (workflow: string, arns: readonly string[]) => reportFor(cloud, workflow, arns);
    const [, happy = '', overdue = '', lost = ''] = loans;
    return {
      game: await report('game-level-complete', game),
      loan: await report('library-loan', [happy]),
      naiveGame: await report('naive game-level-complete', [naive.game]),
      ...(naive.loan !== undefined && {
        more: {
          overdue: await report('library-loan', [overdue]),
          lost: await report('library-loan', [lost]),
          naiveLoan: await report('naive library-loan', [naive.loan]),
        },
      }),
      seriesOfLevel: series,
      fixtures: { game: await fixtures(cloud, 'GameLevelComplete'), loan: await fixtures(cloud, 'LibraryLoan') },
    };
  } finally {
    stage.strike();
    await stop();
  }
}

/** Each completion a new one of its player, all of one level. */
async function playGame(cloud: Cloud, stage: Stage): Promise<string[]> {
  const arns: string[] = [];
  for (let number = 0; number <= COMPLETIONS; number++) {
    const Entries = [
      {
        EventBusName: await stage.bus(),
        Source: 'stepwright.game',
        DetailType: 'LevelCompleted',
        Detail: JSON.stringify(completion(number)),
      },
    ];
    const put = () => cloud.aws.call('eventbridge', 'PutEvents', { Entries }, { via: 'bench' });
    arns.push(await newExecution(cloud, 'GameLevelComplete', put));
  }
  return arns.slice(1);
}

function completion(number: number) {
  const example = JSON.parse(readFileSync(join(__dirname, '../../examples/level-completed.json'), 'utf8'));
  return { ...example.detail, completionId: `cost-${number}`, score: example.detail.score + number };
}

/** Does something that starts one execution of a workflow; answers its ARN. */
async function newExecution(cloud: Cloud, workflow: string, act: () => Promise<unknown>): Promise<string> {
  const source = localSource(cloud);
  const machine = await machineOf(cloud, workflow);
  const before = new Set((await source.executions(machine.arn, 1000)).map(({ arn }) => arn));
  await act();
  await cloud.work.idle();
  const [started, ...more] = (await source.executions(machine.arn, 1000)).filter(({ arn }) => !before.has(arn));
  if (!started || more.length > 0)
    throw new Error(`${workflow}: ${more.length + (started ? 1 : 0)} executions, not one`);
  if (started.status !== 'SUCCEEDED') throw new Error(`${workflow}: ${started.name} is ${started.status}`);
  return started.arn;
}

async function machineOf(cloud: Cloud, workflow: string): Promise<Workflow> {
  const machine = (await localSource(cloud).workflows()).find(({ name }) => name.includes(workflow));
  if (!machine) throw new Error(`There is no workflow ${workflow}`);
  return machine;
}

async function fixtures(cloud: Cloud, workflow: string): Promise<Fixtures> {
  return fixturesOf(cloud.report, (await machineOf(cloud, workflow)).arn);
}

async function reportFor(cloud: Cloud, workflow: string, arns: readonly string[]): Promise<CostReport> {
  const source = localSource(cloud);
  const seen = await Promise.all(arns.map((arn) => source.observe(arn)));
  const observations = seen.filter((one) => one !== undefined);
  return reportOf(workflow, observations, { prices: US_EAST_1, durations: 'modelled' });
}

async function customSeries(cloud: Cloud): Promise<number> {
  const { Metrics = [] } = await cloud.aws.call('cloudwatch', 'ListMetrics', {}, { via: 'bench' });
  return Metrics.filter(({ Namespace }: { Namespace: string }) => !Namespace.startsWith('AWS/')).length;
}
