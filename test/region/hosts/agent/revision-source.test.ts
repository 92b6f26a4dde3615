import fs from 'node:fs';
import path from 'node:path';
import differences from '../../../vectors/agent-v2-differences.json';
import hooks from '../../../vectors/hook-execution.json';
import order from '../../../vectors/lifecycle-order.json';
import { EVENTS } from '../deployer';
import { appspec, instance } from './instance';

const of = (scenario: string) =>
  order.vectors
    .filter((vector) => vector.scenario === scenario)
    .map((vector) => [vector.id, vector as any] as const);

/** A revision with a script for every event, that tells its name. */
function revision(name: string): Record<string, string> {
  const events = [...EVENTS, 'BlockTraffic', 'AllowTraffic'];
  return {
    'appspec.yml': `version: 0.0\nos: linux\nhooks:\n${events.map((event) => `  ${event}:\n    - location: tell.sh\n`).join('')}`,
    'tell.sh': `#!/bin/sh\necho ${name} $LIFECYCLE_EVENT >> $TRACE\n`,
  };
}

test.each(of('revision-source'))('%s', async (_, { deploymentType, creator, event, expected }) => {
  const isRollback = deploymentType === 'BLUE_GREEN' && creator === 'codeDeployRollback';
  const rollback = isRollback ? ('blue-green' as const) : undefined;
  const host = instance();
  if (expected.ifPointerAbsent === 'no-op') {
    expect(await host.run(event, 'd-0', { rollback })).toEqual({ status: 'Succeeded', noop: true });
  }
  const installed = await host.bundle('installed', revision('installed'));
  await host.run('DownloadBundle', 'd-1', { bundle: { file: installed } });
  await host.run('Install', 'd-1', {});
  // Downloaded and not installed: it is the most recent one, and not the last successful one.
  const downloaded = await host.bundle('downloaded', revision('downloaded'));
  await host.run('DownloadBundle', 'd-2', { bundle: { file: downloaded } });

  await host.run(event, 'd-2', { rollback });
  expect(host.trace()).toEqual([`downloaded ${event}`]);
  if (expected.onlyIfNoCurrentArchiveYet) {
    expect(expected.revision).toBe('last-successful-install');
    await host.run(event, 'd-3', { rollback });
    expect(host.trace().at(-1)).toBe(`installed ${event}`);
  } else {
    expect(expected.revision).toBe('current');
    expect(await host.run(event, 'd-3', { rollback })).toMatchObject({ status: 'Failed' });
  }
});

test.each(of('scriptable'))('%s', async (_, { event, expected }) => {
  const host = instance();
  await host.run('DownloadBundle', 'd-1', { bundle: { file: await host.bundle('r', revision('r')) } });
  await host.run(event, 'd-1', { bundle: { file: await host.bundle('r', revision('r')) } });
  expect(host.trace()).toEqual(expected ? [`r ${event}`] : []);
});

/** What agent 1.8.1 does in the cases where 2.x differs (or was feared to). */
const VERSION_1: Record<string, () => Promise<void>> = {
  async 'agent-v2/unquoted-octal-mode'() {
    const host = instance();
    const spec =
      'version: 0.0\nos: linux\nfiles:\n  - source: f\n    destination: ROOT\npermissions:\n  - object: ROOT/f\n    mode: 0644\n';
    const target = path.join(host.deploymentRoot, '../target');
    const file = await host.bundle('r', { 'appspec.yml': spec.replaceAll('ROOT', target), f: '' });
    await host.run('DownloadBundle', 'd-1', { bundle: { file } });
    await host.run('Install', 'd-1', {});
    expect(fs.statSync(path.join(target, 'f')).mode & 0o777).toBe(0o420);
  },
  async 'agent-v2/leading-slash-location'() {
    const host = instance();
    const file = await host.bundle('r', {
      'appspec.yml': appspec('    - location: /scripts/x.sh\n'),
      'scripts/x.sh': '#!/bin/sh\necho below the archive >> $TRACE\n',
    });
    await host.run('DownloadBundle', 'd-1', { bundle: { file } });
    await host.run('AfterInstall', 'd-1', {});
    expect(host.trace()).toEqual(['below the archive']);
  },
  async 'agent-v2/bundle-etag-fallback'() {
    const host = instance();
    const file = await host.bundle('r', {
      'appspec.yml': appspec('    - location: x.sh\n'),
      'x.sh': '#!/bin/sh\nenv | grep -c ^BUNDLE_ETAG >> $TRACE; true\n',
    });
    const bundle = { file, bucket: 'b', key: 'k' };
    await host.run('DownloadBundle', 'd-1', { bundle });
    await host.run('AfterInstall', 'd-1', { bundle });
    expect(host.trace()).toEqual(['0']);
  },
  async 'agent-v2/archive-retention'() {
    const host = instance();
    const file = await host.bundle('r', revision('r'));
    await host.run('DownloadBundle', 'd-1', { bundle: { file } });
    await host.run('Install', 'd-1', {});
    for (const id of [2, 3, 4, 5, 6, 7]) await host.run('DownloadBundle', `d-${id}`, { bundle: { file } });
    expect(host.archives()).toEqual(['d-1', 'd-4', 'd-5', 'd-6', 'd-7']);
  },
};

test.each(differences.vectors.map(({ id }) => id))('%s', (id) => VERSION_1[id]());

const environments = hooks.vectors.filter((vector) => vector.kind === 'hook-env');

test.each(environments.map((vector) => [vector.id, vector as any] as const))(
  '%s',
  async (_, { expected }) => {
    const host = instance();
    const file = await host.bundle('r', {
      'appspec.yml': appspec('    - location: x.sh\n'),
      'x.sh': '#!/bin/sh\nenv | cut -d= -f1 >> $TRACE\n',
    });
    await host.run('DownloadBundle', 'd-1', { bundle: { file } });
    await host.run('AfterInstall', 'd-1', {});
    const own = ['PATH', 'TRACE', 'PWD', 'OLDPWD', 'SHLVL', '_'];
    const found = host.trace().filter((name) => !own.includes(name));
    expect(found.sort()).toEqual([...expected.always, ...expected.additional].sort());
  },
);
