import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { lowestPercentage, type MachineCoverage, merge, table } from './coverage';
import { pointsOf } from './coverage-points';
import { type CoverageLine, DIRECTORY_VARIABLE } from './coverage-recorder';
import { nameOf } from './definitions';

export interface CoverageOptions {
  /** A directory of definitions: all its `*.json` files are measured, tested or not, and nothing else is. */
  readonly definitions?: string;
  /** Fails the run when a count of a state machine is below, in percent. 0 by default. */
  readonly threshold?: number;
  /** Where the result goes as JSON; `coverage/state-machines.json` by default. */
  readonly file?: string;
}

/** What of jest's configuration says which tests are run. */
interface RunScope {
  readonly rootDir: string;
  readonly testNamePattern?: string;
  readonly testPathPatterns?: { readonly patterns: readonly string[] };
  readonly onlyChanged?: boolean;
  readonly findRelatedTests?: boolean;
  readonly shard?: unknown;
}

/**
 * A jest reporter: gathers what all workers covered, prints it, writes it to a file, and fails the run below the threshold.
 *
 * R1  A run of some tests only (by path, by name, by changes, a shard) is measured and not judged; only a run of all misses the
 *     state machines that no test loads.
 */
export default class StateMachineCoverage {
  readonly #directory = mkdtempSync(join(tmpdir(), 'stepwright-coverage-'));
  #error: Error | undefined;

  constructor(
    private readonly scope: RunScope,
    private readonly options: CoverageOptions = {},
  ) {}

  /** Workers inherit the environment of this process. */
  onRunStart(): void {
    process.env[DIRECTORY_VARIABLE] = this.#directory;
  }

  onRunComplete(): void {
    const machines = merge([...this.#untested(), ...this.#recorded()]);
    rmSync(this.#directory, { recursive: true });
    if (machines.length === 0) return;
    process.stderr.write(`\n${table(machines)}\n`);
    this.#write(machines);
    this.#judge(machines);
  }

  /** By this jest knows that the run has failed. */
  getLastError(): Error | undefined {
    return this.#error;
  }

  #recorded(): CoverageLine[] {
    const lines = readdirSync(this.#directory)
      .flatMap((file) => readFileSync(join(this.#directory, file), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as CoverageLine);
    const measured = this.#definitions();
    return measured ? lines.filter(({ file }) => file !== undefined && measured.includes(file)) : lines;
  }

  #untested(): CoverageLine[] {
    if (this.#partial) return [];
    return (this.#definitions() ?? []).map((file) => {
      return { machine: nameOf(file), points: pointsOf(JSON.parse(readFileSync(file, 'utf8'))) };
    });
  }

  #definitions(): string[] | undefined {
    const { definitions } = this.options;
    if (definitions === undefined) return undefined;
    const directory = resolve(this.scope.rootDir, definitions);
    const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
    return files.map((name) => join(directory, name));
  }

  #write(machines: MachineCoverage[]): void {
    const file = resolve(this.scope.rootDir, this.options.file ?? 'coverage/state-machines.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(machines, null, 2)}\n`);
    process.stderr.write(`\nCoverage of state machines: ${relative(this.scope.rootDir, file)}\n`);
  }

  #judge(machines: MachineCoverage[]): void {
    const { threshold = 0 } = this.options;
    const below = machines.filter((machine) => lowestPercentage(machine) < threshold).map(({ machine }) => machine);
    if (this.#partial || below.length === 0) return;
    this.#error = new Error(`The coverage of ${below.join(', ')} is below ${threshold} %.`);
    process.stderr.write(`\n${this.#error.message}\n`);
  }

  get #partial(): boolean {
    const { testNamePattern, testPathPatterns, onlyChanged, findRelatedTests, shard } = this.scope;
    const byPath = (testPathPatterns?.patterns.length ?? 0) > 0;
    return Boolean(byPath || testNamePattern || onlyChanged || findRelatedTests || shard);
  }
}
