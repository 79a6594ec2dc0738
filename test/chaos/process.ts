import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Endpoints } from '../../local/cli/endpoints-file';

const root = resolve(__dirname, '../..');
const launcher = join(root, 'bin', 'stepwright.mjs');

export interface ProcessOptions {
  readonly command: 'sfn' | 'start';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** No file may grow beyond so many bytes: to the process that is a disk without space. */
  readonly largestFile?: number;
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

/**
 * Owns one real process of `stepwright sfn` or `stepwright start` on a data directory, from its start to its death.
 */
export class ServerProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    /** From the start of the process to its readiness, in ms. */
    readonly readyAfter: number,
    /** Resolves with the signal that killed it, or null, when it has ended. */
    readonly ended: Promise<NodeJS.Signals | null>,
    readonly stderr: () => string,
  ) {}

  /** @throws Refused when it ends before it is ready */
  static async start(directory: string, { command, args = [], env = {}, node = [], largestFile }: ProcessOptions) {
    const ports = command === 'sfn' ? ['--port', '0'] : ['--port', '0', '--aws-port', '0'];
    const began = performance.now();
    const line = [process.execPath, ...node, launcher, command, '--data', directory, ...ports, ...args];
    const [program = '', ...rest] = largestFile === undefined ? line : limited(line, largestFile);
    const child = spawn(program, rest, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const ended = once(child, 'close').then(([, signal]) => signal as NodeJS.Signals | null);
    const ready = command === 'sfn' ? /^Step Functions: (\S+)/m : /^Ready after /m;
    await new Promise<void>((resolveReady, fail) => {
      child.stdout.on('data', () => ready.test(stdout()) && resolveReady());
      child.once('close', (code, signal) => fail(new Refused(code, signal, stderr())));
    });
    const url = command === 'sfn' ? (ready.exec(stdout())?.[1] as string) : endpoints(directory).aws;
    return new ServerProcess(child, url, performance.now() - began, ended, stderr);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** `kill -9`; resolves when it is dead. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
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
