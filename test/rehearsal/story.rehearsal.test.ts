import path from 'node:path';
import { Checks } from '../../rehearsal/checks';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { type Act, STORY } from '../../rehearsal/story';
import { atEnd, temporaryFolder } from '../support/folder';

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

  expect(await failuresOf(FIRST_PUSH, rehearsal)).toEqual([]);
  expect(await failuresOf(BAD_PUSH, rehearsal)).toEqual([]);
}, 400_000);

/** The checks that did not hold, with what was seen. */
async function failuresOf(act: Act, rehearsal: Rehearsal): Promise<string[]> {
  const checks = new Checks();
  await act.play(rehearsal, checks);
  expect(checks.all.length).toBeGreaterThan(2);
  return checks.all.filter(({ passed }) => !passed).map(({ name, seen }) => `${name}: ${seen}`);
}
