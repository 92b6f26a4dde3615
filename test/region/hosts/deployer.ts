import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { AgentEvent, Host, LifecycleOutcome } from '../../../region/hosts/host';
import type { ZipEntry } from '../../../region/zip/zip';
import { writeZip } from '../../support/zip';

const SERVICE = path.join(__dirname, '../../../service');

/** The agent's events of a deployment behind a load balancer, in order. */
export const EVENTS: readonly AgentEvent[] = [
  'BeforeBlockTraffic',
  'AfterBlockTraffic',
  'ApplicationStop',
  'DownloadBundle',
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'ApplicationStart',
  'ValidateService',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
];

/** Builds the sample service with its own scripts, and zips what would be the build's artifact. */
export async function buildService(folder: string, revision: string): Promise<string> {
  const source = path.join(folder, revision);
  fs.cpSync(SERVICE, source, {
    recursive: true,
    filter: (file) => !/node_modules|build$|revision$/.test(file),
  });
  await promisify(execFile)('npm', ['run', 'build', '--silent', '--prefix', source]);
  const artifact = path.join(source, 'revision');
  fs.writeFileSync(path.join(artifact, 'REVISION'), `${revision}\n`);
  const entries = fs
    .readdirSync(artifact, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, ZipEntry] => {
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      const { mode } = fs.statSync(file);
      return [path.relative(artifact, file), { content: fs.readFileSync(file), mode: mode & 0o777 }];
    });
  const zip = path.join(folder, `${revision}.zip`);
  await writeZip(zip, Object.fromEntries(entries));
  return zip;
}

/** Carries out one lifecycle event of a deployment, as CodeDeploy would ask for it. */
export function runEvent(
  host: Host,
  deploymentId: string,
  file: string,
  event: AgentEvent,
): Promise<LifecycleOutcome> {
  return host.run({
    event,
    applicationName: 'harbor',
    deploymentId,
    deploymentGroupId: 'group',
    deploymentGroupName: 'harbor-test',
    bundle: { file, bucket: 'artifacts', key: path.basename(file) },
    fileExistsBehavior: 'DISALLOW',
  });
}

/** Carries out all events of a deployment, from `first` on; stops at a failure. */
export async function deploy(
  host: Host,
  deploymentId: string,
  file: string,
  first = EVENTS[0],
): Promise<LifecycleOutcome> {
  for (const event of EVENTS.slice(EVENTS.indexOf(first))) {
    const outcome = await runEvent(host, deploymentId, file, event);
    if (outcome.status === 'Failed') return outcome;
  }
  return { status: 'Succeeded' };
}
