/** `stepwright/testing/jest-reporter`. Jest loads reporters as they are, and this one is TypeScript. */
module.exports = require('tsx/cjs/api').require('./jest-coverage.ts', __filename).default;
