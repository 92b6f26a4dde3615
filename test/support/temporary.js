const fs = require('node:fs');
const path = require('node:path');

/**
 * Jest's global set-up: what tests, and all that they start, leave in the system's temporary folder, such as the CDK's
 * output, goes into one inside the project, which the global tear-down removes.
 */
module.exports = () => {
  const root = path.join(__dirname, '../../.tidegate/test');
  fs.mkdirSync(root, { recursive: true });
  process.env.TMPDIR = fs.mkdtempSync(path.join(root, 'tmp-'));
};
