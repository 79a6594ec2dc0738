import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortHash } from './names';

/**
 * Owns the directories for files that live as long as the local cloud (code that is written in a template), below the
 * system's directory for temporary files.
 *
 * T1  A directory's name says from its first moment which process it belongs to.
 * T2  What a process that was killed has left is removed by the next one. What belongs to a living process stays, and what
 *     belongs to one that cannot be seen from here: of another machine, or of another container on the same disk.
 */
export class TemporaryDirectory {
  #root: string | undefined;

  /** Makes no directory, and removes those that have been abandoned. */
  constructor() {
    for (const name of namesIn(tmpdir())) {
      const [, pid, place] = NAME.exec(name) ?? [];
      if (place === here() && !isAlive(Number(pid))) removeIfAllowed(join(tmpdir(), name));
    }
  }

  /** Makes an empty directory. */
  make(): string {
    this.#root ??= mkdtempSync(join(tmpdir(), `stepwright-code-${process.pid}-${here()}-`));
    return mkdtempSync(join(this.#root, 'code-'));
  }

  /** Removes all that was made. */
  remove(): void {
    if (this.#root !== undefined) rmSync(this.#root, { recursive: true, force: true });
  }
}

const NAME = /^stepwright-code-(\d+)-([0-9a-f]+)-\w+$/;

/** Where ids of processes are the same as here: this machine, and on Linux the container. */
function here(): string {
  let processes = '';
  try {
    processes = readlinkSync('/proc/self/ns/pid');
  } catch {
    // No Linux: one for the whole machine.
  }
  return shortHash(`${hostname()} ${processes}`);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where it cannot be read there is nothing to remove. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** What is another user's is for that user's next start. */
function removeIfAllowed(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {}
}
