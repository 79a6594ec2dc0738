import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failPoint } from '../../runtime/fail-point';

/**
 * Owns the contents of objects: files named by the SHA-256 of what is in them, or a map in memory.
 *
 * B1  A blob is complete and on disk, its folder entry too, before anything refers to it.
 * B2  A blob is removed only when no row and no running operation refers to it (`pin`, `sweep`).
 * B3  What is read is what was written, or it is refused.
 */
export class Blobs {
  readonly #memory = new Map<string, Uint8Array>();
  readonly #pins = new Map<string, number>();
  readonly #unwanted = new Set<string>();

  constructor(
    private readonly dir: string | undefined,
    private readonly rows: { isReferred(sha256: string): boolean; durable(): Promise<void> },
  ) {
    if (dir) mkdirSync(this.#temporary(dir), { recursive: true, mode: 0o700 });
  }

  /** Stores `content`, runs `refer` (which writes a row that refers to it), and answers what that answers. */
  async keep<T>(content: Uint8Array, refer: (sha256: string) => T | Promise<T>): Promise<T> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return this.pin(sha256, async () => {
      await this.#write(sha256, content);
      return refer(sha256);
    });
  }

  /** The content of a blob that a row refers to. */
  async read(sha256: string): Promise<Uint8Array> {
    if (!this.dir) return this.#memory.get(sha256) as Uint8Array;
    const content = await this.pin(sha256, () => readFile(this.#file(this.dir as string, sha256)));
    if (createHash('sha256').update(content).digest('hex') !== sha256) {
      throw new Error(`${this.#file(this.dir, sha256)} is damaged: it does not hold what was written to it.`);
    }
    return new Uint8Array(content);
  }

  /** Removes a blob that a row referred to, if nothing refers to it any more; waits until that row is durably gone. */
  async sweep(sha256: string): Promise<void> {
    await this.rows.durable();
    this.#unwanted.add(sha256);
    if (this.#pins.has(sha256)) return;
    this.#unwanted.delete(sha256);
    if (this.rows.isReferred(sha256)) return;
    this.#memory.delete(sha256);
    if (this.dir) rmSync(this.#file(this.dir, sha256), { force: true });
  }

  /** Removes what a crash left behind: half-written files and blobs that no row refers to. */
  async sweepAll(): Promise<void> {
    if (!this.dir) return;
    for (const name of readdirSync(this.#temporary(this.dir))) rmSync(join(this.#temporary(this.dir), name));
    for (const folder of readdirSync(this.dir)) {
      if (folder.length !== 2) continue;
      for (const sha256 of readdirSync(join(this.dir, folder))) await this.sweep(sha256);
    }
  }

  /** Keeps a blob from being swept while `use` runs. */
  async pin<T>(sha256: string, use: () => Promise<T>): Promise<T> {
    this.#pins.set(sha256, (this.#pins.get(sha256) ?? 0) + 1);
    try {
      return await use();
    } finally {
      const left = (this.#pins.get(sha256) ?? 1) - 1;
      if (left > 0) this.#pins.set(sha256, left);
      else {
        this.#pins.delete(sha256);
        if (this.#unwanted.has(sha256)) await this.sweep(sha256);
      }
    }
  }

  async #write(sha256: string, content: Uint8Array): Promise<void> {
    if (!this.dir) {
      if (!this.#memory.has(sha256)) this.#memory.set(sha256, Uint8Array.from(content));
      return;
    }
    const file = this.#file(this.dir, sha256);
    if (existsSync(file)) return syncFolder(dirname(file));
    const folderIsNew = mkdirSync(dirname(file), { recursive: true, mode: 0o700 }) !== undefined;
    const temporary = join(this.#temporary(this.dir), randomUUID());
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    failPoint?.('before-blob');
    await rename(temporary, file);
    failPoint?.('after-blob');
    await syncFolder(dirname(file));
    if (folderIsNew) await syncFolder(this.dir);
  }

  #file(dir: string, sha256: string): string {
    return join(dir, sha256.slice(0, 2), sha256);
  }

  #temporary(dir: string): string {
    return join(dir, 'temporary');
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
