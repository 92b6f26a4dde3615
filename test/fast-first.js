const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const WHOLE_ROAD = path.join(__dirname, 'rehearsal') + path.sep;

/**
 * Runs the played rehearsals (`*.rehearsal.test.ts`) after everything else, so that a unit test fails first; of them those
 * of the whole road before the short ones, so that none runs alone at the end.
 */
module.exports = class FastFirst extends Sequencer {
  sort(tests) {
    const rank = (test) => {
      if (!test.path.includes('.rehearsal.')) return 0;
      return test.path.startsWith(WHOLE_ROAD) ? 1 : 2;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
  }
};
