import path from 'node:path';
import './support/folder'; // its hook has to come after all tests, not after those of the first file

declare const TOGETHER: readonly string[];

/* Not a test file of its own: app.config.js says which ones it runs, and why. */
for (const file of TOGETHER) describe(file, () => void require(path.join(__dirname, file)));
