/** Jest's global setup: what must exist as a file is built once, and all tests run in one time zone. */
module.exports = async () => {
  process.env.TZ = 'UTC';
  // On Node 20 the SDK inside prints a notice about its own support window on every run.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { build } = await import('../bin/build.mjs');
  await build(['dist/lambda-worker.js']);
};
