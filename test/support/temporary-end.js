const fs = require('node:fs');

/** Jest's global tear-down: removes what temporary.js has made. */
module.exports = () => fs.rmSync(process.env.TMPDIR, { recursive: true, force: true });
