import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Endpoints } from '../../local/cli/endpoints-file';

const root = resolve(__dirname, '../..');
const launcher = join(root, 'bin', 'stepwright.mjs');

/** Runs the command to its end, as a shell would. */
export async function stepwright(...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [launcher, ...argv], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: collect(child.stdout), stderr: collect(child.stderr) };
  const [code] = await once(child, 'close');
  return { code, stdout: output.stdout(), stderr: output.stderr() };
}

/** A local cloud in a process of its own. */
export class RunningCommand {
  private constructor(
    readonly process: ChildProcess,
    readonly endpoints: Endpoints,
    readonly stdout: () => string,
  ) {}

  /** Starts `stepwright start` and waits until it says that it is ready. */
  static async start(directory: string, ...argv: string[]): Promise<RunningCommand> {
    const child = spawn(process.execPath, [launcher, 'start', '--data', directory, ...argv], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    await new Promise<void>((ready, failed) => {
      child.stdout.on('data', () => stdout().includes('Ready after') && ready());
      child.once('close', (code) => failed(new Error(`start ended with ${code}: ${stderr()}`)));
    });
    const endpoints = JSON.parse(readFileSync(join(directory, 'endpoints.json'), 'utf8'));
    return new RunningCommand(child, endpoints, stdout);
  }

  /** Sends the signal, and answers the exit code, or null if it was killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const closed = once(this.process, 'close');
    this.process.kill(signal);
    return (await closed)[0];
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}
