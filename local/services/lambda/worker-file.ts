import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where `bin/build.mjs` puts the compiled `worker.ts`. Throws when it has not been built. */
export function workerFile(): string {
  const file = join(packageRoot(__dirname), 'dist', 'lambda-worker.js');
  if (!existsSync(file))
    throw new Error(`${file} is missing: build it with \`node bin/stepwright.mjs\` or the tests' setup.`);
  return file;
}

/** The nearest folder at or above `folder` that holds this package's package.json: sources and bundle stand at different depths. */
function packageRoot(folder: string): string {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'stepwright') return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('Stepwright cannot find its own package folder.');
  return packageRoot(parent);
}
