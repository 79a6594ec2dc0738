/**
 * `npm run bench`: measures Stepwright in its durable mode beside the yardstick, both alternately, so that what else the
 * machine does meets both. Prints a table, and with `--json FILE` writes all figures. See docs/performance.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Endpoint } from './client';
import { measureSync } from './disk';
import { measureJsonata } from './jsonata';
import { measureLocalCloud } from './local-cloud';
import { measure, median, type Rate, type Subject } from './measure';
import { Server } from './process';
import { type Curve, measureGrowth, measureWaiting } from './waiting';
import { WORKLOADS } from './workloads';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    waiting: { type: 'string', default: '10000' },
    json: { type: 'string' },
  },
});
const root = join(__dirname, '..', '..');
const launcher = [join(root, 'bin', 'stepwright.mjs')];

/** Goals, as shares of the yardstick's rate at 1 caller and at 16. */
const GOALS: Record<string, Record<number, number>> = {
  W1: { 1: 0.4, 16: 0.25 },
  W2: { 1: 0.4, 16: 0.25 },
  W3: { 1: 0.12, 16: 0.12 },
  W4: { 16: 0.45 },
};

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
  const servers: Server[] = [];
  const begin = async (name: string, args: string[], ready: RegExp): Promise<Subject> => {
    const server = await Server.start(args, ready);
    servers.push(server);
    return { name, server, endpoint: new Endpoint(ready.exec(server.printed)?.[1] as string) };
  };
  const sfn = (data: string) =>
    begin('stepwright', [...launcher, 'sfn', '--port', '0', '--data', join(directory, data)], /(http:\S+)\s/);
  try {
    const yardstick = await begin('yardstick', ['--import', 'tsx', join(__dirname, 'yardstick.ts')], /(http:\S+)\s/);
    const stepwright = await sfn('rates');
    const syncMs = await measureSync(directory);
    const rates = await measureRates(yardstick, stepwright);
    const waitingAtYardstick = await measureWaiting(yardstick, Number(options.waiting));
    const waiting = await measureWaiting(stepwright, Number(options.waiting));
    // Their memory is told of a server that has none yet that others left behind.
    const waitingAlone = await measureWaiting(await sfn('waiting'), Number(options.waiting));
    console.log(
      table([
        ['W5 waiting', 'starts/s', 'share', 'goal', 'KiB each', 'goal', 'describe p50 ms', 'times', 'goal', 'handles'],
        [
          options.waiting,
          waiting.startsPerSecond.toFixed(0),
          (waiting.startsPerSecond / waitingAtYardstick.startsPerSecond).toFixed(2),
          '0.30',
          waitingAlone.kibEach.toFixed(1),
          '6.0',
          waiting.describeP50Ms.toFixed(2),
          (waiting.describeP50Ms / waitingAtYardstick.describeP50Ms).toFixed(1),
          '3.0',
          String(waiting.handles),
        ],
      ]),
    );
    const jsonata = await measureJsonata();
    const growth = await measureGrowth(await sfn('growth'));
    const cloud = await measureLocalCloud(launcher);
    console.log(
      table([
        ['others', 'figure', 'goal'],
        ['a sync of the disk after a pause, p50 ms', syncMs.toFixed(2), ''],
        ['W1 with one caller, the share that it allows', boundOf(rates, syncMs).toFixed(2), ''],
        ['W6X JSONata within bounds, times JSONata alone', jsonata.ratio.toFixed(2), '1.50'],
        ['W7 warm function, p50 ms', cloud.lambdaP50Ms.toFixed(2), '2.00'],
        ['the same in the first 200 calls of a local cloud', cloud.lambdaFirstP50Ms.toFixed(2), ''],
        ['start on a cached assembly, ms until ready', cloud.readyMs.toFixed(0), '350'],
        ['its memory, MiB', cloud.memoryMib.toFixed(0), '90'],
      ]),
    );
    console.log(table([['growth: CPU ms for each', '', '', '', ''], ...growth.map(curveRow)]));
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg()[0], node: process.version };
    const figures = {
      when: new Date().toISOString(),
      machine,
      syncMs,
      rates,
      waiting,
      waitingAlone,
      waitingAtYardstick,
      jsonata,
      cloud,
      growth,
    };
    if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Comparison {
  readonly workload: string;
  readonly callers: number;
  readonly share: number;
  readonly goal: number | undefined;
  readonly yardstick: Rate;
  readonly stepwright: Rate;
}

async function measureRates(yardstick: Subject, stepwright: Subject): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    // V8 compiles what runs often, for seconds: both are measured when that is done.
    for (const subject of [yardstick, stepwright]) await measure(subject, workload, 16, Number(options.seconds));
    for (const callers of [1, 16]) {
      const rounds: Array<readonly [Rate, Rate]> = [];
      for (let round = 0; round < Number(options.rounds); round += 1) {
        const theirs = await measure(yardstick, workload, callers, Number(options.seconds));
        rounds.push([theirs, await measure(stepwright, workload, callers, Number(options.seconds))]);
      }
      found.push({
        workload: name,
        callers,
        share: median(rounds.map(([theirs, ours]) => ours.perSecond / theirs.perSecond)),
        goal: GOALS[name]?.[callers],
        yardstick: middle(rounds.map(([theirs]) => theirs)),
        stepwright: middle(rounds.map(([, ours]) => ours)),
      });
    }
  }
  const rows = found.map(({ workload, callers, share, goal, yardstick: theirs, stepwright: ours }) => [
    `${workload} ${WORKLOADS[workload]?.title}`,
    String(callers),
    theirs.perSecond.toFixed(0),
    ours.perSecond.toFixed(0),
    share.toFixed(2),
    goal?.toFixed(2) ?? '',
    ours.p50Ms.toFixed(2),
    ours.p99Ms.toFixed(2),
    theirs.cpuMs.toFixed(2),
    ours.cpuMs.toFixed(2),
  ]);
  const head = ['', 'callers', 'yardstick/s', 'stepwright/s', 'share', 'goal', 'p50 ms', 'p99 ms', 'CPU ms', 'CPU ms'];
  console.log(table([head, ...rows]));
  return found;
}

/** What an engine as quick as the yardstick reaches that syncs once before it answers a start. */
function boundOf(rates: readonly Comparison[], syncMs: number): number {
  const found = rates.find(({ workload, callers }) => workload === 'W1' && callers === 1) as Comparison;
  const alone = 1000 / found.yardstick.perSecond;
  return alone / (alone + syncMs);
}

/** Each figure's median. */
function middle(rates: readonly Rate[]): Rate {
  const of = (figure: keyof Rate) => median(rates.map((rate) => rate[figure]));
  return { perSecond: of('perSecond'), cpuMs: of('cpuMs'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') };
}

function curveRow({ title, unit, points }: Curve): string[] {
  return [`${title}, each ${unit}`, ...points.map(({ size, cpuMsEach }) => `${size}: ${cpuMsEach.toFixed(3)}`)];
}

function table(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`;
}

void main();
