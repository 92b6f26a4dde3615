const { default: Sequencer } = require('@jest/test-sequencer');

/** Runs the played rehearsals (`*.rehearsal.test.ts`) after everything else, so that a unit test fails first. */
module.exports = class FastFirst extends Sequencer {
  sort(tests) {
    const slow = (test) => Number(test.path.includes('.rehearsal.'));
    return [...tests].sort((a, b) => slow(a) - slow(b) || a.path.localeCompare(b.path));
  }
};
