import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { answerTokens } from './answers';
import { killCloud } from './cloud/kill';
import { damageStores } from './damage';
import { failDisk } from './disk';
import { misbehave } from './functions';
import { killUnderLoad } from './kill';
import { tellLastRun } from './promises';
import { type Finding, table } from './report';
import { soak } from './soak';
import { keepTime } from './time';
import { manyWaiting } from './waiting';

const USAGE = `
Usage: npm run chaos -- [--only NAME,...] [--size N] [--seconds N] [--seed N] [--json FILE] [--docs]

Kills, damages and floods the real processes, and compares what they show with what they acknowledged.

  --only NAME,...  kill, cloud, disk, damage, answers, time, waiting, functions, soak; all of them by default
  --size N         1 takes some minutes; 0.1 a tenth of it, 10 ten times as much
  --seconds N      how long the soak lasts (60 times size)
  --seed N         repeats what a run drew (the time by default; it is printed)
  --json FILE      writes what was found
  --docs           tells it in docs/promises.md and in the README
`;

const SCENARIOS: Record<string, (size: number, seed: number, seconds: number) => Promise<Finding>> = {
  kill: (size, seed) => killUnderLoad({ kills: upTo(10 * size), rounds: upTo(2 * size), seed }),
  cloud: (size, seed) => killCloud({ kills: upTo(5 * size), rounds: upTo(size), seed }),
  disk: (size, seed) => failDisk({ rounds: upTo(5 * size), seed }),
  damage: (size, seed) => damageStores({ rounds: upTo(20 * size), seed }),
  answers: (size, seed) => answerTokens({ tokens: upTo(10_000 * size), races: upTo(1000 * size), seed }),
  time: (size) => keepTime({ scales: size < 1 ? [1, 1_000_000] : [1, 60, 3600, 86_400, 1_000_000] }),
  waiting: (size) => manyWaiting({ executions: upTo(100_000 * size) }),
  functions: (size) => misbehave({ rounds: upTo(10 * size) }),
  soak: (_, seed, seconds) => soak({ seconds, seed }),
};

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(SCENARIOS).join(',') },
      size: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      json: { type: 'string' },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.only.split(',');
  const [size, seed] = [Number(values.size), Number(values.seed)];
  const seconds = Number(values.seconds ?? 60 * size);
  const isUsable = size > 0 && seconds > 0 && Number.isFinite(seed) && names.every((name) => name in SCENARIOS);
  if (values.help || !isUsable) {
    process.stdout.write(USAGE.trimStart());
    return values.help ? 0 : 2;
  }
  process.stdout.write(`Seed ${seed}\n`);
  const found: Record<string, Finding> = {};
  for (const name of names) {
    const finding = await SCENARIOS[name]?.(size, seed, seconds);
    if (!finding) continue;
    found[name] = finding;
    process.stdout.write(table([finding]));
  }
  if (values.docs) tellLastRun(found);
  const findings = Object.values(found);
  if (values.json !== undefined) {
    const json = JSON.stringify({ at: new Date().toISOString(), node: process.version, seed, size, findings }, null, 2);
    writeFileSync(values.json, `${json}\n`);
  }
  return findings.some(({ breaches }) => breaches.length > 0) ? 1 : 0;
}

function upTo(count: number): number {
  return Math.max(1, Math.round(count));
}

run().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
