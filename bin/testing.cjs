/**
 * `stepwright/testing`, for whatever runs the tests: plain JavaScript, compiled if its sources are newer. A process of its own compiles
 * it, since a module that is required cannot wait, and esbuild does not work inside Jest.
 */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { root, staleOutputs, TESTING_FILES } = require('./outputs.cjs');

if (staleOutputs(TESTING_FILES).length > 0) {
  const compiler = pathToFileURL(join(__dirname, 'build.mjs')).href;
  const script = `import { build } from ${JSON.stringify(compiler)}; await build(${JSON.stringify(TESTING_FILES)});`;
  const { status, stderr, error } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    // What the tests are run with is not for this process.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`Stepwright could not compile its sources: ${error?.message ?? stderr}`);
}

module.exports = require(join(root, 'dist', 'testing.cjs'));
