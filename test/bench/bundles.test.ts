import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAll } from '../../bench/cold-starts/bundles';

/** A function starts the slower the larger its bundle is. One that must be larger stands here with its size and the reason. */
const LARGEST = 400_000;
const larger: Record<string, { bytes: number; reason: string }> = {};

test('no bundle of a function is larger than 400 KB', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bundles-'));
  try {
    const bundles = bundleAll(directory);
    expect(bundles.length).toBeGreaterThan(10);
    const tooLarge = bundles.filter(({ handler, bytes }) => bytes > (larger[handler]?.bytes ?? LARGEST));
    expect(tooLarge.map(({ handler, bytes }) => ({ handler, bytes }))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
