const path = require('node:path');
const { globSync } = require('tinyglobby');
const { maxWorkers, testSequencer: _, ...base } = require('../jest.config');

const tests = globSync('lib/**/*.test.ts', { cwd: __dirname, ignore: '**/*.rehearsal.test.ts' }).sort();
const project = (displayName, file, globals) => ({
  ...base,
  displayName,
  rootDir: path.join(__dirname, '..'),
  testMatch: [`<rootDir>/test/${file}`],
  globals,
});
const together = (half) =>
  project(`lib ${half + 1}`, 'together.ts', { TOGETHER: tests.filter((_, index) => index % 2 === half) });

/**
 * The app's own tests, as its pipeline runs them in every release. Jest loads modules anew for every file, which for most
 * files under lib/ is the AWS CDK and takes longer than their tests: together.ts runs them in two, one for each worker. The
 * handlers' tests mock modules and clocks, and stay on their own.
 */
module.exports = {
  maxWorkers,
  projects: [together(0), together(1), project('lambda', 'lambda/**/!(*.rehearsal).test.ts', {})],
};
