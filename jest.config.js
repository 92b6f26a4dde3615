/** Unit tests and played rehearsals in one run; the sequencer puts the fast ones first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  snapshotSerializers: ['<rootDir>/test/support/normalise.ts'],
  globalSetup: '<rootDir>/test/support/temporary.js',
  globalTeardown: '<rootDir>/test/support/temporary-end.js',
  testSequencer: '<rootDir>/test/fast-first.js',
  maxWorkers: 2,
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testTimeout: 30_000,
};
