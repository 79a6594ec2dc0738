/** Jest's global setup: what must exist as a file is built once, and all tests run in one time zone. */
module.exports = async () => {
  process.env.TZ = 'UTC';
  const { build } = await import('../bin/build.mjs');
  await build(['dist/lambda-worker.js']);
};
