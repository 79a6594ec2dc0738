import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection, Store } from '../../runtime/store';
import type { LayerVersion } from './layers';

/**
 * Owns the versions of layers that stay when their stack has others, with copies of what is in them: the cloud assembly that they came
 * from is written anew. Without a folder, all is in memory and lives no longer than the process.
 *
 * K1  A copy is complete before a row refers to it; what none refers to is removed at the next start.
 */
export class RetainedLayers {
  readonly #versions: Collection<LayerVersion>;
  readonly #dir: string | undefined;

  constructor(store: Store, dir: string | undefined) {
    this.#versions = store.collection('retained_layer');
    this.#dir = dir === undefined ? undefined : join(dir, 'layers');
    this.#sweep();
  }

  /** Those whose copies are there. */
  list(): LayerVersion[] {
    const all = this.#versions.list().map(({ value }) => value);
    const dir = this.#dir;
    if (dir === undefined) return all;
    return all.filter((version) => existsSync(copyOf(version, dir))).map((version) => withCopy(version, dir));
  }

  has(arn: string): boolean {
    return this.#versions.get(arn) !== undefined;
  }

  /** Answers the version with its own copy of the content. */
  async keep(version: LayerVersion): Promise<LayerVersion> {
    if (this.#dir !== undefined) await copy(version, this.#dir);
    if (!this.has(version.arn)) await this.#versions.put(version.arn, version);
    return this.#dir === undefined ? version : withCopy(version, this.#dir);
  }

  /** Its copy stays until the next start: functions may run with it. */
  async delete(arn: string): Promise<void> {
    if (this.has(arn)) await this.#versions.delete(arn);
  }

  #sweep(): void {
    const dir = this.#dir;
    if (dir === undefined || !existsSync(dir)) return;
    const wanted = new Set(this.#versions.list().map(({ value }) => copyOf(value, dir)));
    for (const name of readdirSync(dir)) {
      if (!wanted.has(join(dir, name))) rmSync(join(dir, name), { recursive: true });
    }
  }
}

/** By what is in it, so that what a deployment which failed has left is never taken for something else. */
function copyOf({ contentId }: LayerVersion, dir: string): string {
  return join(dir, createHash('sha256').update(contentId).digest('hex'));
}

function withCopy(version: LayerVersion, dir: string): LayerVersion {
  return { ...version, directory: realpathSync(copyOf(version, dir)) };
}

async function copy(version: LayerVersion, dir: string): Promise<void> {
  const place = copyOf(version, dir);
  if (existsSync(place)) return;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const half = join(dir, randomUUID());
  await cp(version.directory, half, { recursive: true, verbatimSymlinks: true });
  renameSync(half, place);
}
