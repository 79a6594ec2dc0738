/** Jest's global setup: what must exist as a file is built once, and all tests run in one time zone. */
module.exports = async () => {
  process.env.TZ = 'UTC';
  // On Node 20 the SDK inside prints a notice about its own support window on every run.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // CDK's own check of templates takes seconds to load. The app's are checked where they are synthesized (test/lib/assembly.ts).
  process.env.CDK_VALIDATION = 'false';
  const { build } = await import('../bin/build.mjs');
  await build(['dist/lambda-worker.js']);
};
