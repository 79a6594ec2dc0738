import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { atEnd } from '../command/leftovers';

/** A server under measurement, in a process of its own. Its CPU time and memory are read from Linux's /proc. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    /** What it printed until it was ready. */
    readonly printed: string,
    /** From the spawn until it said so, in ms. */
    readonly readyMs: number,
  ) {}

  /**
   * Starts `node` with these arguments, and waits until what it prints matches `ready`.
   * @param temporary where it puts temporary files: one that is stopped before it is ready leaves them
   */
  static async start(args: readonly string[], ready: RegExp, temporary: string): Promise<Server> {
    const began = performance.now();
    // Out of the terminal's reach: a Ctrl-C is for the benchmark, which ends it in order.
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
      env: { ...process.env, TMPDIR: temporary },
    });
    atEnd(() => endProcess(child));
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`node ${args.join(' ')} ended with ${code}.`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (ready.test(printed)) resolve();
      });
    });
    return new Server(child, printed, performance.now() - began);
  }

  /** CPU time so far, in ms. */
  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resident memory in bytes. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }

  get handles(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }

  stop(): Promise<void> {
    return endProcess(this.child);
  }
}

/** As long may a server take that was told to end, in ms. */
const PATIENCE_MS = 10_000;

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(late);
}
