import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { ScaledClock } from '../../../region/clock/clock';
import type { Host, Hosts } from '../../../region/hosts/host';
import { createHosts } from '../../../region/hosts/hosts';
import { namespacesWork } from '../../../region/hosts/namespace';
import { Journal } from '../../../region/journal/journal';
import { temporaryFolder } from '../../support/folder';
import { buildService } from '../../support/service';
import { writeZip } from '../../support/zip';
import { deploy, runEvent } from './deployer';

const files = temporaryFolder('hosts');
const modes: Host['mode'][] = namespacesWork(files).works ? ['namespace', 'process'] : ['process'];

/** Files of two revisions of the sample service. */
const [first, second] = ['rev-1', 'rev-2'].map((name) => path.join(files, `${name}.zip`)) as [string, string];

beforeAll(async () => {
  const built = await buildService('rev-1', 'rev-2');
  for (const [index, file] of [first, second].entries()) fs.writeFileSync(file, built[index]!);
}, 60_000);

describe.each(modes)('hosts as %s', (mode) => {
  const folder = path.join(files, mode);
  fs.mkdirSync(folder);
  const clock = new ScaledClock();
  const journal = new Journal(clock);
  let hosts: Hosts;

  beforeAll(() => {
    hosts = createHosts(path.join(folder, 'hosts'), clock, journal, { mode });
  });
  afterAll(() => hosts.stop());

  test('a revision is deployed; the next one stops it gracefully', async () => {
    const host = await hosts.launch({ instanceId: 'i-service' });
    const url = `http://${host.address}:8080`;

    expect(await deploy(host, 'd-1', first)).toEqual({ status: 'Succeeded' });
    expect(await (await fetch(url)).text()).toContain('Revision rev-1');
    // Where the CloudWatch agent's configuration looks for it.
    const written = fs.readFileSync(path.join(folder, 'hosts/i-service/log/harbor.log'), 'utf8');
    expect(written).toMatch(/^listening on /);

    const booking = await beginBooking(url);
    const stopping = journal.waitFor(
      ({ type, detail }) => type === 'UnitStateChange' && detail.state === 'deactivating',
      { since: journal.position },
    );
    const stopped = runEvent(host, 'd-2', second, 'ApplicationStop');
    await stopping;
    expect(await booking.finish()).toBe(201);
    expect(await stopped).toEqual({ status: 'Succeeded' });
    await expect(fetch(url)).rejects.toThrow();

    expect(await deploy(host, 'd-2', second, 'DownloadBundle')).toEqual({ status: 'Succeeded' });
    expect(await (await fetch(url)).text()).toContain('Revision rev-2');
    const log = path.join(folder, 'hosts/i-service/deployment-root/group/d-2/logs/scripts.log');
    expect(fs.readFileSync(log, 'utf8')).toMatch(
      /Script - scripts\/validate\.sh\n.*\[stdout\]rev-2 is healthy/,
    );
    expect(journal.entries(({ type }) => type === 'NotPlayed').map(({ message }) => message)).toContainEqual(
      expect.stringContaining('Service.DynamicUser'),
    );

    await host.terminate();
    await expect(fetch(url)).rejects.toThrow();
    expect(fs.existsSync(path.join(folder, 'hosts/i-service'))).toBe(false);
  });

  test('the mode is said', () => {
    expect(hosts.mode).toBe(mode);
    expect(journal.entries(({ type }) => type === 'HostsMode')).toMatchObject([{ subject: mode }]);
  });

  test('hosts have files and addresses of their own, and the machine keeps its', async () => {
    const bundle = path.join(folder, 'files.zip');
    await writeZip(bundle, {
      'appspec.yml': { content: FILES_APPSPEC },
      motto: { content: 'of one host' },
      'look.sh': {
        content: [
          '#!/bin/bash',
          'touch ~/tidegate-test "$(dirname "$(mktemp -u)")/tidegate-test" || exit 1',
          'cat "$DESTDIR/opt/tidegate-test/motto"; test ! -e /proc/self/fd/3',
          '',
        ].join('\n'),
      },
    });
    const [one, other] = await Promise.all([
      hosts.launch({ instanceId: 'i-one' }),
      hosts.launch({ instanceId: 'i-other' }),
    ]);
    expect(one.address).not.toBe(other.address);
    expect(await deploy(one, 'd-1', bundle)).toEqual({ status: 'Succeeded' });
    // DISALLOW would fail here if the two shared their files.
    expect(await deploy(other, 'd-1', bundle)).toEqual({ status: 'Succeeded' });
    for (const own of ['/opt', '/tmp', os.homedir()])
      expect(fs.existsSync(path.join(own, 'tidegate-test'))).toBe(false);
  });

  test('a bundle that is no archive, or is not there, is told', async () => {
    const host = await hosts.launch({ instanceId: 'i-bundle' });
    const text = path.join(folder, 'text.zip');
    fs.writeFileSync(text, 'no archive');
    const message = async (bundle: string) =>
      (await runEvent(host, 'd-1', bundle, 'DownloadBundle')).diagnostics?.message;
    expect(await message(text)).toMatch(/the bundle is not a zip archive/);
    expect(await message(path.join(folder, 'none.zip'))).toMatch(/the bundle cannot be downloaded: ENOENT/);
  });

  test('an outcome is told even when the host ends under way', async () => {
    const bundle = path.join(folder, 'slow.zip');
    await writeZip(bundle, {
      'appspec.yml': {
        content: 'version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: slow.sh\n',
      },
      'slow.sh': { content: '#!/bin/bash\nsleep 1000\n' },
    });
    const host = await hosts.launch({ instanceId: 'i-lost' });
    await runEvent(host, 'd-1', bundle, 'DownloadBundle');
    const outcome = runEvent(host, 'd-1', bundle, 'AfterInstall');
    await host.terminate();
    expect(await outcome).toMatchObject({ status: 'Failed', diagnostics: { errorCode: 'UnknownError' } });
    expect(await runEvent(host, 'd-1', bundle, 'AfterInstall')).toMatchObject({ status: 'Failed' });
  });
});

const FILES_APPSPEC = `version: 0.0
os: linux
files:
  - source: motto
    destination: /opt/tidegate-test
hooks:
  AfterInstall:
    - location: look.sh
`;

/** A request of which the service has seen the head; `finish` sends the rest and resolves with the answer's status. */
function beginBooking(url: string): Promise<{ finish(): Promise<number | undefined> }> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/bookings`, { method: 'POST', headers: { Expect: '100-continue' } });
    const status = new Promise<number | undefined>((answered) => {
      request.on('response', (response) => answered(response.resume().statusCode));
    });
    request.on('error', reject).on('continue', () =>
      resolve({
        finish() {
          request.end('{"nights": 2}');
          return status;
        },
      }),
    );
    request.flushHeaders();
  });
}
