import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Owns what a command must not leave behind, however it ends: servers, local clouds, directories.
 *
 * L1  Each is removed once, the last one first: who owns a directory's files ends before the directory.
 * L2  One that cannot be removed does not keep the others.
 */
const removals: Array<() => Promise<void>> = [];

/** After so many ms what does not end is not waited for: a command that was told to end does. */
const PATIENCE_MS = 15_000;

/** Has `remove` called at the end, unless the function that is answered was called before: it removes at once. */
export function atEnd(remove: () => unknown): () => Promise<void> {
  let removed: Promise<void> | undefined;
  const once = () => {
    removed ??= (async () => void (await remove()))();
    return removed;
  };
  removals.push(once);
  return once;
}

/** Makes a directory below the system's for temporary files: `stepwright-NAME-…`. */
export function temporaryDirectory(name: string): { readonly path: string; remove(): Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), `stepwright-${name}-`));
  return { path, remove: atEnd(() => rmSync(path, { recursive: true, force: true })) };
}

/** Removes all that is left. */
export async function cleanUp(patienceMs = PATIENCE_MS): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref());
  for (let remove = removals.pop(); remove; remove = removals.pop()) {
    // Directories are tried even when a server before them did not end.
    await Promise.race([remove().catch(() => {}), late]);
  }
}
