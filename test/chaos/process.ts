import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Endpoints } from '../../local/cli/endpoints-file';
import { within } from './patience';

const root = resolve(__dirname, '../..');
const launcher = join(root, 'bin', 'stepwright.mjs');
const leash = join(__dirname, 'leash.cjs');

export interface ProcessOptions {
  readonly command: 'sfn' | 'start';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** No file may grow beyond so many bytes: to the process that is a disk without space. */
  readonly largestFile?: number;
  /** The process may end by itself: by this signal, or in any way. Otherwise its end is a breach. */
  readonly mayEnd?: NodeJS.Signals | 'anyhow';
}

/** The process ended before it was ready; `stderr` says why. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly code: number | null,
    readonly signal: NodeJS.Signals | null,
    readonly stderr: string,
  ) {
    super(`ended with ${signal ?? code} before it was ready: ${stderr.trim()}`);
  }
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Ends the child when this process ends, however it does. */
export function owned<T extends ChildProcess>(child: T): T {
  living.add(child);
  child.once('close', () => living.delete(child));
  return child;
}

/**
 * Owns one real process of `stepwright sfn` or `stepwright start` on a data directory, from its start to its death.
 */
export class ServerProcess {
  /** We ended it. */
  #isEnded = false;

  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    /** From the start of the process to its readiness, in ms. */
    readonly readyAfter: number,
    /** Resolves with the signal that killed it, or null, when it has ended. */
    readonly ended: Promise<NodeJS.Signals | null>,
    readonly stderr: () => string,
    private readonly mayEnd: ProcessOptions['mayEnd'],
  ) {}

  /** @throws Refused when it ends before it is ready, Stuck when it never is */
  static async start(directory: string, options: ProcessOptions): Promise<ServerProcess> {
    const { command, args = [], env = {}, node = [], largestFile, mayEnd } = options;
    const ports = command === 'sfn' ? ['--port', '0'] : ['--port', '0', '--aws-port', '0'];
    const began = performance.now();
    const line = [
      process.execPath,
      '--require',
      leash,
      ...node,
      launcher,
      command,
      '--data',
      directory,
      ...ports,
      ...args,
    ];
    const [program = '', ...rest] = largestFile === undefined ? line : limited(line, largestFile);
    const child = spawn(program, rest, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // One that is left in the caller's shell would end it unasked.
      env: { ...process.env, STEPWRIGHT_FAIL_POINT: undefined, ...env },
    });
    owned(child);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const ended = once(child, 'close').then(([, signal]) => signal as NodeJS.Signals | null);
    const ready = command === 'sfn' ? /^Step Functions: (\S+)/m : /^Ready after /m;
    const isReady = new Promise<void>((resolveReady, fail) => {
      child.stdout.on('data', () => ready.test(stdout()) && resolveReady());
      child.once('close', (code, signal) => fail(new Refused(code, signal, stderr())));
    });
    await within({ what: 'a process to be ready' }, isReady).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    const url = command === 'sfn' ? (ready.exec(stdout())?.[1] as string) : endpoints(directory).aws;
    return new ServerProcess(child, url, performance.now() - began, ended, stderr, mayEnd);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How it ended by itself, if it did and must not. */
  get death(): string | undefined {
    const { exitCode, signalCode } = this.child;
    if (this.isAlive || this.#isEnded || this.mayEnd === 'anyhow' || signalCode === (this.mayEnd ?? ''))
      return undefined;
    return `the process ended by itself with ${signalCode ?? exitCode}: ${this.stderr().slice(-400)}`;
  }

  /** `kill -9`; resolves when it is dead. */
  async kill(): Promise<void> {
    this.#isEnded ||= this.isAlive;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it as Ctrl-C does. @throws Stuck when it goes on */
  async stop(): Promise<void> {
    this.#isEnded ||= this.isAlive;
    this.child.kill('SIGTERM');
    await within({ what: 'a process to end on SIGTERM' }, this.ended).catch(async (error: unknown) => {
      await this.kill();
      throw error;
    });
  }

  /** Resident memory in MiB. */
  memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  /** Open file handles. */
  handles(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }
}

/** What `stepwright start` wrote of itself. */
export function endpoints(directory: string): Endpoints {
  return JSON.parse(readFileSync(join(directory, 'endpoints.json'), 'utf8'));
}

/** The shell counts in blocks of 512 bytes. */
function limited(line: readonly string[], largestFile: number): string[] {
  return ['sh', '-c', 'ulimit -f "$0" && exec "$@"', String(Math.ceil(largestFile / 512)), ...line];
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}
