import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { lowestPercentage, type MachineCoverage, merge, table } from './coverage';
import { pointsOf } from './coverage-points';
import { type CoverageLine, DIRECTORY_VARIABLE } from './coverage-recorder';
import { nameOf } from './definitions';

export interface CoverageOptions {
  /** A directory of definitions: all its `*.json` files are measured, tested or not, and nothing else is. */
  readonly definitions?: string | undefined;
  /** Fails the run when a count of a state machine is below, in percent. 0 by default. */
  readonly threshold?: number;
  /** Where the result goes as JSON; `coverage/state-machines.json` by default. */
  readonly file?: string | undefined;
}

/**
 * Owns the coverage of one run of tests, by whatever runs them: gathers what all their processes covered, prints it, writes it to a
 * file, and judges it by the threshold.
 *
 * R1  A run of some tests only is measured and not judged; only a run of all misses the state machines that no test loads.
 */
export class CoverageRun {
  readonly #directory = mkdtempSync(join(tmpdir(), 'stepwright-coverage-'));

  /**
   * @param root where paths are seen from
   * @throws Error when there is no directory of definitions
   */
  constructor(
    private readonly root: string,
    private readonly options: CoverageOptions,
  ) {
    const { definitions } = options;
    if (definitions === undefined || isDirectory(resolve(root, definitions))) return;
    this.discard();
    throw new Error(`There is no directory '${definitions}' of definitions.`);
  }

  /** What the environment of the tests' processes must have. */
  get environment(): Readonly<Record<string, string>> {
    return { [DIRECTORY_VARIABLE]: this.#directory };
  }

  /**
   * Prints and writes what was covered, and forgets it.
   * @param isPartial some tests only were run
   * @returns what is wrong with it, in a sentence
   */
  finish(isPartial: boolean): string | undefined {
    const machines = merge([...(isPartial ? [] : this.#untested()), ...this.#recorded()]);
    this.discard();
    if (machines.length === 0) return undefined;
    process.stderr.write(`\n${table(machines)}\n`);
    this.#write(machines);
    return isPartial ? undefined : this.#judge(machines);
  }

  /** The tests could not be run. */
  discard(): void {
    rmSync(this.#directory, { recursive: true });
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
    return (this.#definitions() ?? []).map((file) => {
      return { machine: nameOf(file), points: pointsOf(JSON.parse(readFileSync(file, 'utf8'))) };
    });
  }

  #definitions(): string[] | undefined {
    const { definitions } = this.options;
    if (definitions === undefined) return undefined;
    const directory = resolve(this.root, definitions);
    const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
    return files.map((name) => join(directory, name));
  }

  #write(machines: MachineCoverage[]): void {
    const file = resolve(this.root, this.options.file ?? 'coverage/state-machines.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(machines, null, 2)}\n`);
    process.stderr.write(`\nCoverage of state machines: ${relative(this.root, file)}\n`);
  }

  #judge(machines: MachineCoverage[]): string | undefined {
    const { threshold = 0 } = this.options;
    const below = machines.filter((machine) => lowestPercentage(machine) < threshold).map(({ machine }) => machine);
    return below.length === 0 ? undefined : `The coverage of ${below.join(', ')} is below ${threshold} %.`;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
