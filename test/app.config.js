const path = require('node:path');
const { globSync } = require('tinyglobby');
const base = require('../jest.config');

const files = (pattern) => globSync(pattern, { cwd: __dirname, ignore: '**/*.rehearsal.test.ts' }).sort();
const snapshots = files('lib/**/__snapshots__/*.snap');
/** A snapshot belongs to the file that Jest runs. */
const hasSnapshot = (file) =>
  snapshots.includes(path.posix.join(path.dirname(file), '__snapshots__', `${path.basename(file)}.snap`));
const alone = files('lib/**/*.test.ts').filter(hasSnapshot);

/**
 * The app's own tests, as its pipeline runs them in every release. Jest loads modules anew for every file, which for most
 * files under lib/ is the AWS CDK and takes longer than their tests: together.ts runs those in one. The handlers' tests mock
 * modules and clocks, and stay on their own.
 */
module.exports = {
  ...base,
  rootDir: '..',
  testMatch: ['together.ts', 'lambda/**/!(*.rehearsal).test.ts', ...alone].map(
    (file) => `<rootDir>/test/${file}`,
  ),
  globals: { TOGETHER: files('lib/**/*.test.ts').filter((file) => !hasSnapshot(file)) },
};
