import { type CoverageOptions, CoverageRun } from './coverage-run';

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
 * A jest reporter of what a run's workers covered (`CoverageRun`). Jest says which tests are run: those chosen by path, by name, by
 * changes or by a shard are a part of them.
 */
export default class StateMachineCoverage {
  readonly #run: CoverageRun;
  #error: Error | undefined;

  constructor(
    private readonly scope: RunScope,
    options: CoverageOptions = {},
  ) {
    this.#run = new CoverageRun(scope.rootDir, options);
  }

  /** Workers inherit the environment of this process. */
  onRunStart(): void {
    Object.assign(process.env, this.#run.environment);
  }

  onRunComplete(): void {
    const problem = this.#run.finish(this.#partial);
    if (problem === undefined) return;
    this.#error = new Error(problem);
    process.stderr.write(`\n${problem}\n`);
  }

  /** By this jest knows that the run has failed. */
  getLastError(): Error | undefined {
    return this.#error;
  }

  get #partial(): boolean {
    const { testNamePattern, testPathPatterns, onlyChanged, findRelatedTests, shard } = this.scope;
    const byPath = (testPathPatterns?.patterns.length ?? 0) > 0;
    return Boolean(byPath || testNamePattern || onlyChanged || findRelatedTests || shard);
  }
}
