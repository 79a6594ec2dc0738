import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A file that comes with the package, by its path from the package's root. Sources and bundle stand at different depths.
 *
 * @param above the folder to start from: the caller's `__dirname`
 */
export function packageFile(path: string, above: string): string {
  const candidate = join(above, path);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(above);
  if (parent === above) throw new Error(`Stepwright cannot find its own ${path}.`);
  return packageFile(path, parent);
}
