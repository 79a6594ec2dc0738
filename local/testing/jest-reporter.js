/** Jest loads reporters as they are, and this one is TypeScript: `reporters: ['default', ['<rootDir>/local/testing/jest-reporter.js', { … }]]`. */
module.exports = require('tsx/cjs/api').require('./coverage-reporter.ts', __filename).default;
