const { rmSync } = require('node:fs');

/** Jest's global teardown: see `test/setup.js`. */
module.exports = () => rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 3 });
