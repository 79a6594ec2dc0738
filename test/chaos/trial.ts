import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LambdaEndpoint } from './lambda-endpoint';
import { Stuck } from './patience';
import { type ProcessOptions, Refused, ServerProcess } from './process';
import { randomFrom } from './random';
import { type Finding, Flaws, machineLoad, rounded, type Told } from './report';
import { SfnClient } from './wire';

/** A scenario, as it describes itself. */
export interface Scenario {
  /** Of `--only`. */
  readonly name: string;
  readonly title: string;
  /** The promises that it looks at; '' for those without a letter. */
  readonly letters: string;
  /** How long it takes at size 1 on two free cores, about. */
  readonly seconds: number;
  /** What `--size` multiplies. */
  readonly scales: string;
  /** What `--seed` repeats: all of a run, what it draws but not the timing, or nothing since it draws nothing. */
  readonly seed: 'all' | 'draws' | 'nothing';
  /** What its figures may be at most on two free cores, by their names. */
  readonly limits?: Readonly<Record<string, number>>;
  run(trial: Trial, options: { readonly size: number; readonly seconds: number }): Promise<void>;
}

/** Directories that go with this process, however it ends. */
const temporary = new Set<string>();
process.on('exit', () => {
  // Processes that were just killed may still write.
  for (const directory of temporary)
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

/**
 * Owns what one run of a scenario uses and finds: its directory, its processes, clients and functions, its figures and
 * flaws. All of it ends with the trial, whatever was met.
 */
export class Trial {
  readonly flaws = new Flaws();
  readonly figures: Record<string, number> = {};
  readonly random: () => number;
  readonly directory: string;
  readonly #servers: ServerProcess[] = [];
  readonly #closers: Array<() => void> = [];
  #isOver = false;

  constructor(
    readonly scenario: Omit<Scenario, 'run'>,
    seed: number,
  ) {
    this.random = randomFrom(seed);
    this.directory = mkdtempSync(join(tmpdir(), `stepwright-chaos-${scenario.name}-`));
    temporary.add(this.directory);
  }

  /** A place of its own for a data directory or a file. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** Starts a process on `path(data)`. @throws Refused, Stuck */
  async launch(data: string, options: ProcessOptions): Promise<ServerProcess> {
    if (this.#isOver) throw new Error('the trial is over');
    const server = await ServerProcess.start(this.path(data), options);
    this.#servers.push(server);
    // What runs beside the part that failed may have begun it meanwhile.
    if (this.#isOver) await server.kill();
    return server;
  }

  client(url: string): SfnClient {
    const client = new SfnClient(url);
    this.onEnd(() => client.close());
    return client;
  }

  async lambda(answer: Parameters<typeof LambdaEndpoint.start>[0]): Promise<LambdaEndpoint> {
    const lambda = await LambdaEndpoint.start(answer);
    this.onEnd(() => lambda.close());
    return lambda;
  }

  /** Called when the trial ends. */
  onEnd(close: () => void): void {
    this.#closers.push(close);
  }

  /** A breach of these promises unless the condition holds. */
  expect(letters: string, condition: boolean, sentence: () => string): void {
    if (!condition) this.flaws.breach(letters, sentence());
  }

  tell(breaches: Iterable<Told>, of?: string): void {
    for (const [letters, text] of breaches) this.flaws.breach(letters, of === undefined ? text : `${of}: ${text}`);
  }

  /** Turns what was thrown into a flaw. */
  met(error: unknown): void {
    const { letters } = this.scenario;
    if (isBrokenOff(error) && this.#deaths().length > 0) return;
    const code = answeredCode(error);
    const text = (error as Error).message ?? String(error);
    if (error instanceof Stuck) this.flaws.breach(error.letters ?? letters, text);
    // The SDK's.
    else if ((error as Error).name === 'TimeoutError') this.flaws.breach(letters, `stuck: ${text}`);
    else if (error instanceof Refused) this.flaws.breach('F', `the process ${text}`);
    else if (code !== undefined && GONE.test(code)) this.flaws.breach('A', `what was acknowledged is gone: ${text}`);
    else if (code !== undefined) this.flaws.breach(letters, `it answered ${text}`);
    else if (isBrokenOff(error)) this.flaws.breach(letters, `it broke a connection off: ${text}`);
    else this.flaws.incomplete(`the harness failed: ${String(error)} (${placeOf(error)})`);
  }

  /** Ends all that was started. */
  async end(seconds: number): Promise<Finding> {
    this.#isOver = true;
    this.tell(this.#deaths());
    await Promise.all(this.#servers.map((server) => server.kill()));
    for (const close of this.#closers) close();
    const { limits = {}, name, title, letters } = this.scenario;
    this.flaws.limit(this.figures, limits);
    const isKept = this.flaws.isBroken;
    temporary.delete(this.directory);
    if (!isKept) rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
    const found = { name, title, letters, figures: rounded(this.figures), limits, flaws: this.flaws.all() };
    return { ...found, seconds, load: machineLoad(), ...(isKept && { kept: this.directory }) };
  }

  /** Processes that ended by themselves. */
  #deaths(): Told[] {
    return this.#servers.flatMap(({ death }) => (death === undefined ? [] : [[this.scenario.letters, death] as const]));
  }
}

/**
 * Runs a scenario, or `run` in its place; never rejects.
 * @param onBegin is told what runs, for whoever meets what it leaves uncaught
 */
export async function examine(
  scenario: Omit<Scenario, 'run'>,
  seed: number,
  run: (trial: Trial) => Promise<void>,
  onBegin: (trial: Trial) => void = () => {},
): Promise<Finding> {
  const began = performance.now();
  const trial = new Trial(scenario, seed);
  onBegin(trial);
  try {
    await run(trial);
  } catch (error) {
    // That a process died is known a moment after its connections broke.
    if (isBrokenOff(error)) await delay(200);
    trial.met(error);
  }
  return trial.end((performance.now() - began) / 1000);
}

const GONE = /DoesNotExist|NotFound|NoSuch|NonExistent|InvalidToken/;

/** A connection broke, or there was none. */
function isBrokenOff(error: unknown): boolean {
  return /^(ECONN|EPIPE)/.test(`${(error as { code?: string }).code}`);
}

/** The error's code if the process answered it. */
export function answeredCode(error: unknown): string | undefined {
  const { code, name, $metadata } = error as { code?: string; name?: string; $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode !== undefined) return name;
  return name === 'Answered' ? code : undefined;
}

function placeOf(error: unknown): string {
  return /chaos\/[^\s)]+/.exec((error as Error).stack ?? '')?.[0] ?? 'no place known';
}
