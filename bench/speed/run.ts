import { join } from 'node:path';
import type { BenchCommand } from '../command/command';
import { Setting } from '../command/figures-file';
import { temporaryDirectory } from '../command/leftovers';
import { count, outputFile, seconds } from '../command/options';
import { progress } from '../command/progress';
import { Endpoint } from './client';
import { measureSync } from './disk';
import { measureJsonata } from './jsonata';
import { measureLocalCloud } from './local-cloud';
import type { Subject } from './measure';
import { Server } from './process';
import { measureRates } from './rates';
import {
  goalsIn,
  growthSection,
  missedLine,
  othersSection,
  ratesSection,
  type Section,
  table,
  waitingSection,
} from './report';
import { measureGrowth, measureWaiting } from './waiting';

const options = {
  rounds: count('measurements of each workload, of Stepwright and the yardstick in turn', 3),
  seconds: seconds('length of each measurement in seconds', 2),
  waiting: count('executions that wait an hour', 10_000),
  json: outputFile('also write all figures there, with machine, load and commit'),
};

/**
 * `npm run bench`: measures Stepwright in its durable mode beside the yardstick, both alternately, so that what else the
 * machine does meets both. Prints tables, and with `--json FILE` writes all figures. See docs/performance.md.
 */
export const benchCommand: BenchCommand<typeof options> = {
  call: 'npm run bench --',
  about: `
Measures 'stepwright sfn --data DIR' beside a yardstick that keeps nothing, then a local cloud, and prints a table of each as
soon as it is done; what it is at goes to standard error. Needs Linux.

By default it takes about four minutes, when the machine has nothing else to do; two thirds of it follow --rounds and --seconds.
Ends with 0 also when figures miss their goals, which are marked: 'missed'. 1 is a failure or a wrong output of an execution,
2 a wrong command line.`,
  options,
  async run(values) {
    if (process.platform !== 'linux')
      throw new Error("It needs Linux: servers' CPU time and memory are read in /proc.");
    const setting = new Setting('npm run bench');
    progress(setting.line);
    if (setting.isBusy) progress('The machine is busy: times and shares will be worse than its own.');
    const figures = await measureAll(values.rounds, values.seconds, values.waiting);
    const { json, ...others } = values;
    if (json !== undefined) setting.write(json, others, { ...figures, goals: goalsIn(sectionsOf(figures)) });
    process.stdout.write(`${missedLine(goalsIn(sectionsOf(figures)))}\n`);
    return 0;
  },
};

type Figures = Awaited<ReturnType<typeof measureAll>>;

const sectionsOf = (figures: Figures) => [
  ratesSection(figures.rates),
  waitingSection(figures.waiting),
  othersSection(figures),
];

const print = (section: Section) => process.stdout.write(`${table(section)}\n`);

async function measureAll(rounds: number, length: number, count: number) {
  const root = join(__dirname, '..', '..');
  const launcher = [join(root, 'bin', 'stepwright.mjs')];
  const { path: directory } = temporaryDirectory('bench');
  const begin = async (name: string, args: string[]): Promise<Subject> => {
    const url = /(http:\S+)\s/;
    const server = await Server.start(args, url, directory);
    return { name, server, endpoint: new Endpoint(url.exec(server.printed)?.[1] as string) };
  };
  const sfn = (data: string) =>
    begin('stepwright', [...launcher, 'sfn', '--port', '0', '--data', join(directory, data)]);

  const yardstick = await begin('yardstick', ['--import', 'tsx', join(__dirname, 'yardstick.ts')]);
  const stepwright = await sfn('rates');
  progress('a sync of the disk');
  const syncP50Ms = await measureSync(directory);
  const rates = await measureRates(yardstick, stepwright, rounds, length);
  print(ratesSection(rates));

  progress(`W5, ${count} executions that wait`);
  const waiting = {
    executions: count,
    yardstick: await measureWaiting(yardstick, count),
    stepwright: await measureWaiting(stepwright, count),
    // Their memory is told of a server that has none yet that others left behind.
    stepwrightAlone: await measureWaiting(await sfn('waiting'), count),
  };
  print(waitingSection(waiting));

  progress('W6X, JSONata');
  const jsonata = await measureJsonata();
  progress('growth');
  const growth = await measureGrowth(await sfn('growth'));
  progress('W7, a local cloud: its start, a warm function');
  const cloud = await measureLocalCloud(launcher);
  const figures = { syncP50Ms, rates, waiting, jsonata, cloud, growth };
  print(othersSection(figures));
  print(growthSection(growth));
  return figures;
}
