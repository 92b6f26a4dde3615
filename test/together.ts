import path from 'node:path';
import './support/folder'; // its hook has to come after all tests, not after those of the first file

declare const TOGETHER: readonly string[];

/* Not a test file of its own: app.config.js says which ones it runs, and why. */

/** The snapshots that a file has when it runs on its own. They are compared, and not written. */
function snapshotsOf(file: string) {
  const { snapshotState } = expect.getState() as any;
  const { dir, base } = path.parse(path.join(__dirname, file));
  const SnapshotState = snapshotState.constructor;
  return new SnapshotState(path.join(dir, '__snapshots__', `${base}.snap`), {
    updateSnapshot: 'none',
    snapshotFormat: { escapeString: false, printBasicPrototype: false },
    rootDir: path.join(__dirname, '..'),
  });
}

for (const file of TOGETHER)
  describe(file, () => {
    const snapshotState = snapshotsOf(file);
    beforeEach(() => {
      const currentTestName = expect.getState().currentTestName!.slice(file.length + 1);
      expect.setState({ snapshotState, currentTestName, currentConcurrentTestName: undefined } as any);
    });
    require(path.join(__dirname, file));
  });
