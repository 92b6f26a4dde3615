import fs from 'node:fs';
import path from 'node:path';
import { ERROR_CODES } from '../../../../region/hosts/agent/script-error';
import appspecs from '../../../vectors/appspec-valid-invalid.json';
import vectors from '../../../vectors/hook-execution.json';
import { EVENTS } from '../deployer';
import { appspec, instance } from './instance';

const sequences = vectors.vectors.filter((vector) => vector.kind === 'hook-sequence');

test.each(sequences.map((vector) => [vector.id, vector] as const))('%s', async (_, { deployments }) => {
  const host = instance();
  let traced = 0;
  for (const { deploymentId, given, expected } of deployments! as any[]) {
    const file = await host.bundle(deploymentId, given.revision, given.nox);
    for (const event of given.events ?? EVENTS) {
      if (!expected.events[event]) break;
      const { status, noop, script, errorName, errorCode } = expected.events[event];
      const outcome = await host.run(event, deploymentId, {
        bundle: { file },
        allPossibleLifecycleEvents: given.all_events,
        rollback:
          given.type === 'BLUE_GREEN' && given.creator === 'codeDeployRollback' ? 'blue-green' : undefined,
      });
      expect([event, outcome.status]).toEqual([event, status]);
      if (noop) expect(outcome.noop).toBe(true);
      expect(outcome.diagnostics?.errorCode).toBe(errorName);
      if (errorCode) expect(ERROR_CODES[outcome.diagnostics!.errorCode]).toBe(errorCode);
      if (script) expect(outcome.diagnostics!.scriptName).toBe(script);
    }
    expect(host.trace().slice(traced)).toEqual(expected.trace);
    traced = host.trace().length;
    expect(host.lastSuccessfulInstall()).toBe(expected.lastSuccessfulInstall);
    expect(host.mostRecentInstall()).toBe(expected.mostRecentInstall);
    expect(host.archives()).toEqual(expected.archives);
  }
});

test('the log has a stamp, the event, the script and its lines; the tail comes with the failure', async () => {
  const host = instance();
  const script = '#!/bin/sh\necho out; echo err >&2; printf unfinished; exit 3\n';
  const file = await host.bundle('d-1', {
    'appspec.yml': appspec('    - location: h/x.sh\n'),
    'h/x.sh': script,
  });
  await host.run('DownloadBundle', 'd-1', { bundle: { file } });
  const outcome = await host.run('AfterInstall', 'd-1', {});
  const log = fs.readFileSync(path.join(host.deploymentRoot, 'dgid/d-1/logs/scripts.log'), 'utf8');
  const [event, name, ...output] = log.trimEnd().split('\n');
  expect(event).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d LifecycleEvent - AfterInstall$/);
  expect(name).toMatch(/^\S+ \S+ Script - h\/x\.sh$/);
  expect(output.map((line) => line.slice(20)).sort()).toEqual([
    '[stderr]err',
    '[stdout]out',
    '[stdout]unfinished',
  ]);
  expect(outcome.diagnostics).toMatchObject({
    errorCode: 'ScriptFailed',
    scriptName: 'h/x.sh',
    message: 'Script at specified location: h/x.sh failed with exit code 3',
    logTail: expect.stringContaining('[stdout]out\n'),
  });
});

test('the diagnostic tail keeps the newest lines, less than 2,048 characters', async () => {
  const host = instance();
  const file = await host.bundle('d-1', {
    'appspec.yml': appspec('    - location: x.sh\n'),
    'x.sh': '#!/bin/sh\nfor i in $(seq 500); do echo line $i; done; exit 1\n',
  });
  await host.run('DownloadBundle', 'd-1', { bundle: { file } });
  const { logTail } = (await host.run('AfterInstall', 'd-1', {})).diagnostics!;
  expect(logTail.length).toBeLessThan(2048);
  expect(logTail.length).toBeGreaterThan(2000);
  expect(logTail).toMatch(/line 500\n$/);
});

test('a script that takes too long: its process group is told to end', async () => {
  const host = instance();
  const file = await host.bundle('d-1', {
    'appspec.yml': appspec('    - location: x.sh\n      timeout: 1\n'),
    'x.sh': '#!/bin/bash\ntrap "echo terminated >> $TRACE; exit" TERM\nsleep 60 & wait\n',
  });
  await host.run('DownloadBundle', 'd-1', { bundle: { file } });
  const outcome = await host.run('AfterInstall', 'd-1', {});
  expect(outcome.diagnostics).toMatchObject({
    errorCode: 'ScriptTimedOut',
    message: 'Script at specified location: x.sh failed to complete in 1 seconds',
  });
  while (host.trace().length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(host.trace()).toEqual(['terminated']);
});

test('a script whose interpreter is not there: its first line is shown', async () => {
  const host = instance();
  const file = await host.bundle('d-1', {
    'appspec.yml': appspec('    - location: x.sh\n'),
    'x.sh': '#!/bin/bash\r\necho hello\r\n',
  });
  await host.run('DownloadBundle', 'd-1', { bundle: { file } });
  const outcome = await host.run('AfterInstall', 'd-1', {});
  expect(outcome.diagnostics).toMatchObject({ errorCode: 'UnknownError' });
  expect(outcome.diagnostics?.message).toContain('x.sh cannot be executed');
  expect(outcome.diagnostics?.message).toContain(String.raw`its first line is "#!/bin/bash\r"`);
});

test('a missing script, and a missing AppSpec file', async () => {
  const host = instance();
  const file = await host.bundle('d-1', { 'appspec.yml': appspec('    - location: nope.sh\n') });
  await host.run('DownloadBundle', 'd-1', { bundle: { file } });
  expect((await host.run('AfterInstall', 'd-1', {})).diagnostics).toMatchObject({
    errorCode: 'ScriptMissing',
    scriptName: 'nope.sh',
  });
  const empty = await host.bundle('d-2', { readme: '' });
  await host.run('DownloadBundle', 'd-2', { bundle: { file: empty } });
  expect((await host.run('Install', 'd-2', {})).diagnostics).toMatchObject({
    errorCode: 'UnknownError',
    message: 'appspec.yml is missing; it must stand at the root of the revision',
  });
});

test('a bundle from S3 is named in the environment', async () => {
  const host = instance();
  const file = await host.bundle('d-1', {
    'appspec.yml': appspec('    - location: x.sh\n'),
    'x.sh': '#!/bin/sh\necho $BUNDLE_BUCKET $BUNDLE_KEY $BUNDLE_VERSION $BUNDLE_ETAG >> $TRACE\n',
  });
  const bundle = { file, bucket: 'b', key: 'k', etag: 'e' };
  await host.run('DownloadBundle', 'd-1', { bundle });
  await host.run('AfterInstall', 'd-1', { bundle });
  expect(host.trace()).toEqual(['b k e']);
});

const names = appspecs.vectors.filter((vector) => vector.kind === 'appspec-hook-names');

test.each(names.map((vector) => [vector.id, vector] as const))('%s', async (_, vector: any) => {
  const host = instance();
  const hooks = vector.hooks.map((hook: string) => `  ${hook}:\n    - location: x.sh\n`).join('');
  const file = await host.bundle('d-1', {
    'appspec.yml': `version: 0.0\nos: linux\nhooks:\n${hooks}`,
    'x.sh': '',
  });
  await host.run('DownloadBundle', 'd-1', { bundle: { file } });
  const outcome = await host.run(vector.expected.failsAtEvent, 'd-1', {
    allPossibleLifecycleEvents: vector.allPossibleLifecycleEvents,
  });
  expect(outcome.diagnostics?.message).toContain(`hooks names ${vector.hooks[0]}`);
});
