import path from 'node:path';
import { Checks } from '../../rehearsal/checks';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { type Act, STORY } from '../../rehearsal/story';
import { atEnd, temporaryFolder } from '../support/folder';
import { warmCache } from './warm-cache';

/** The main job in short: `npm start` plays the acts between and after, and the negative control. */
const [FIRST_PUSH, BAD_PUSH] = ['The first push', 'A bad push'].map(
  (title) => STORY.find((act) => act.title.startsWith(title))!,
);

test('a first push is released, a bad one is rolled back: real CLI, git, builds, hosts and traffic', async () => {
  const rehearsal = await Rehearsal.start({
    project: path.join(__dirname, '../..'),
    folder: temporaryFolder('story'),
    scale: 120,
    signal: new AbortController().signal,
  });
  atEnd(() => rehearsal.stop());
  await rehearsal.setUp();
  await warmCache(rehearsal);

  await expectToHold(FIRST_PUSH, rehearsal);
  // The app's own tests have been part of that build, and are not played a second time.
  (await rehearsal.workspace()).edit('package.json', '"jest --ci --config test/app.config.js"', '"true"');
  const names = await expectToHold(BAD_PUSH, rehearsal);
  expect(names).toContain('CodeDeploy stops the deployment on the alarm');
}, 400_000);

/** Plays an act; resolves with the names of its checks, all of which have held. */
async function expectToHold(act: Act, rehearsal: Rehearsal): Promise<string[]> {
  const checks = new Checks();
  await act.play(rehearsal, checks);
  expect(checks.all.length).toBeGreaterThan(2);
  expect(checks.all.filter(({ passed }) => !passed)).toEqual([]);
  return checks.all.map(({ name }) => name);
}
