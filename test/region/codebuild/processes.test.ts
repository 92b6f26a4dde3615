import { execFileSync } from 'node:child_process';
import { Isolation } from '../../../region/codebuild/isolation';
import { build, codebuild, noSource, project, scope, statuses } from './bench';

test('StopBuild ends every process of the build', async () => {
  const sleeper = newSleeper('wait');
  const name = await project(sleeper.source);
  const running = codebuild.start({ projectName: name });
  await sleeper.started();
  await codebuild.operations.StopBuild({ id: running.id });
  const { build: ended } = await codebuild.finished(running.id!);
  expect(ended.buildStatus).toBe('STOPPED');
  expect(statuses({ build: ended }).slice(-2)).toEqual(['BUILD STOPPED', 'COMPLETED']);
  await sleeper.ended();
});

test('a time limit is wall time; what a build left running ends with it', async () => {
  const sleeper = newSleeper('wait');
  let expire = () => {};
  const deadline = jest.spyOn(scope.clock, 'deadline').mockImplementation((ms, callback) => {
    expect(ms).toBe(7 * 60_000);
    expire = callback;
    return { cancel() {} };
  });
  const name = await project({
    ...sleeper.source,
    TimeoutInMinutes: '7',
  });
  const running = codebuild.start({ projectName: name });
  await sleeper.started();
  expire();
  deadline.mockRestore();
  const { build: ended } = await codebuild.finished(running.id!);
  expect(ended.phases!.at(-2)).toMatchObject({
    phaseStatus: 'TIMED_OUT',
    contexts: [{ statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out.' }],
  });
  await sleeper.ended();
});

test('a background process neither holds a build up nor outlives it', async () => {
  const sleeper = newSleeper('true');
  expect((await build(await project(sleeper.source))).build.buildStatus).toBe('SUCCEEDED');
  await sleeper.ended();
});

let sleepers = 0;

/** A build that leaves a long sleep in the background (in a session of its own where that can be ended too). */
function newSleeper(then: string) {
  const argument = `600.${process.pid}${sleepers++}`;
  const session = new Isolation().available ? 'setsid' : '';
  const running = () => execFileSync('ps', ['-A', '-o', 'args=']).toString().includes(`sleep ${argument}`);
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    source: noSource(
      `version: 0.2\nphases: {build: {commands: ["${session} sleep ${argument} & ${then}"]}}\n`,
    ),
    started: () => until(running),
    ended: () => until(() => !running()),
  };
}
