import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** A server under measurement, in a process of its own. Its CPU time and memory are read from Linux's /proc. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    /** What it printed until it was ready. */
    readonly printed: string,
    /** From the spawn until it said so, in ms. */
    readonly readyMs: number,
  ) {}

  /** Starts `node` with these arguments, and waits until what it prints matches `ready`. */
  static async start(args: readonly string[], ready: RegExp): Promise<Server> {
    const began = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await ended;
  }
}
