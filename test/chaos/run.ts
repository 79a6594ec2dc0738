import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { again, type Options, readOptions, usage, WrongOption } from './options';
import { tellLastRun } from './promises';
import { EXIT_CODES, type Finding, machineLoad, row, verdictOf } from './report';
import { SCENARIOS } from './scenarios';
import { examine, type Scenario, type Trial } from './trial';

/** What a scenario takes however small it is: starts of the process, and waits. */
const LEAST_SECONDS = 15;

/** `npm run chaos`: runs the scenarios one after the other, and tells what each found. See docs/promises.md. */
async function run(options: Options): Promise<number> {
  const { scenarios, size, seed, seconds } = options;
  const before = { commit: commit(), load: machineLoad() };
  process.stdout.write(`Seed ${seed}, size ${size}, ${cpus().length} cores, load ${before.load}\n`);
  const findings: Finding[] = [];
  for (const scenario of scenarios) {
    const usual = Math.round(scenario.name === 'soak' ? seconds : Math.max(LEAST_SECONDS, scenario.seconds * size));
    process.stderr.write(`${scenario.name} begins: about ${usual} s on two free cores\n`);
    const finding = await examine(
      scenario,
      seed,
      (trial) => scenario.run(trial, { size, seconds }),
      (trial) => {
        running = trial;
      },
    );
    findings.push(finding);
    const titles = scenarios.map(({ title }) => title);
    process.stdout.write(row(finding, titles, again(scenario, options)));
  }
  const verdict = verdictOf(...findings);
  if (options.json !== undefined) writeFileSync(options.json, told(options, findings, before));
  if (options.docs) tellLastRun(Object.fromEntries(findings.map((finding) => [finding.name, finding])));
  return EXIT_CODES[verdict];
}

/** All of a run as JSON. */
function told(options: Options, findings: readonly Finding[], before: { commit?: string; load: number }): string {
  const { size, seed } = options;
  const all = {
    at: new Date().toISOString(),
    commit: before.commit,
    node: process.version,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, loadBefore: before.load, loadAfter: machineLoad() },
    seed,
    size,
    verdict: verdictOf(...findings),
    findings: findings.map((finding, index) => ({
      ...finding,
      seconds: Math.round(finding.seconds),
      verdict: verdictOf(finding),
      again: again(options.scenarios[index] as Scenario, options),
    })),
  };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** Of the working tree, marked when it was changed since; undefined where there is no git. */
function commit(): string | undefined {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12'];
    return execFileSync('git', args, { encoding: 'utf8', cwd: __dirname, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

let running: Trial | undefined;
// What a scenario does not catch is its finding like all else; leaving `exit` ends the processes that it started.
process.on('unhandledRejection', (error) => running?.met(error));
process.on('uncaughtException', (error) => running?.met(error));
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  // Ctrl-C may come twice, from the terminal and from npm: the second must not end what the first began.
  process.on(signal, () => process.exit(128 + number));
}

function begin(): Options | undefined {
  try {
    const options = readOptions(process.argv.slice(2), SCENARIOS);
    if (options !== 'help') return options;
    process.stdout.write(usage(SCENARIOS));
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    process.stderr.write(`chaos: ${error.message} See npm run chaos -- --help\n`);
    process.exitCode = 2;
  }
  return undefined;
}

const options = begin();
if (options) {
  run(options).then(
    (code) => process.exit(code),
    (error) => {
      process.stderr.write(`chaos: the harness failed: ${(error as Error).stack}\n`);
      process.exit(EXIT_CODES.INCOMPLETE);
    },
  );
}
