/** Tests run the TypeScript sources through swc; `test/setup.js` builds once what must exist as a file (worker bootstraps). */
module.exports = {
  testEnvironment: '<rootDir>/test/environment.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        // In files beside the code: within it they would be read, hashed and scanned with each module of each test file.
        sourceMaps: true,
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/dist'],
  globalSetup: '<rootDir>/test/setup.js',
  globalTeardown: '<rootDir>/test/teardown.js',
  testSequencer: '<rootDir>/test/sequencer.js',
  // One more than the two processors that CI has: there is always one that waits for a process or a socket.
  maxWorkers: 3,
  reporters: [
    'default',
    ['<rootDir>/local/testing/jest-reporter.js', { definitions: 'statemachines', threshold: 100 }],
  ],
  // For a machine that is busy: nothing here waits for time to pass.
  testTimeout: 30_000,
};
