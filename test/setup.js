const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * Jest's global setup: what must exist as a file is built once, all tests run in one time zone, and what they leave in the
 * directory for temporary files is removed in the end (`test/teardown.js`).
 */
module.exports = async () => {
  process.env.TZ = 'UTC';
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'stepwright-tests-'));
  // On Node 20 the SDK inside prints a notice about its own support window on every run.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // CDK's own check of templates takes seconds to load. The app's are checked where they are synthesized (test/lib/assembly.ts).
  process.env.CDK_VALIDATION = 'false';
  const { build, WORKER_FILES } = await import('../bin/build.mjs');
  await build(WORKER_FILES);
};
