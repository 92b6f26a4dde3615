import fs from 'node:fs';
import path from 'node:path';
import { ScaledClock } from '../../../../region/clock/clock';
import { Agent } from '../../../../region/hosts/agent/agent';
import type { LifecycleCommand } from '../../../../region/hosts/host';
import { temporaryFolder } from '../../../support/folder';
import { writeZip } from '../../../support/zip';

const files = temporaryFolder('agent');

/** An agent on a folder of its own, and the way to deploy onto it. */
export function instance() {
  const folder = fs.mkdtempSync(path.join(files, 'agent-'));
  const trace = path.join(folder, 'trace');
  const deploymentRoot = path.join(folder, 'codedeploy-agent/deployment-root');
  fs.mkdirSync(deploymentRoot, { recursive: true });
  const agent = new Agent({
    deploymentRoot,
    root: '',
    environment: { PATH: process.env.PATH!, TRACE: trace },
    clock: new ScaledClock(),
    note: () => {},
  });
  const read = (name: string) => {
    const file = path.join(deploymentRoot, 'deployment-instructions', `dgid_${name}`);
    return fs.existsSync(file) ? path.basename(fs.readFileSync(file, 'utf8')) : null;
  };
  return {
    deploymentRoot,
    lastSuccessfulInstall: () => read('last_successful_install'),
    mostRecentInstall: () => read('most_recent_install'),
    archives: () => fs.readdirSync(path.join(deploymentRoot, 'dgid')).sort(),
    trace: () => (fs.existsSync(trace) ? fs.readFileSync(trace, 'utf8').split('\n').slice(0, -1) : []),
    async bundle(name: string, files: Record<string, string>, notExecutable: string[] = []) {
      const file = path.join(folder, `${name}.zip`);
      const mode = (entry: string) =>
        entry.endsWith('.sh') && !notExecutable.includes(entry) ? 0o755 : 0o644;
      await writeZip(
        file,
        Object.fromEntries(
          Object.entries(files).map(([entry, content]) => [entry, { content, mode: mode(entry) }]),
        ),
      );
      return file;
    },
    run(event: string, deploymentId: string, options: Partial<LifecycleCommand>) {
      if (event === 'DownloadBundle') {
        const deployment = path.join(deploymentRoot, 'dgid', deploymentId);
        fs.mkdirSync(deployment, { recursive: true });
        fs.copyFileSync(options.bundle!.file, path.join(deployment, 'bundle.tar'));
      }
      return agent.run({
        event: event as LifecycleCommand['event'],
        applicationName: 'app',
        deploymentId,
        deploymentGroupId: 'dgid',
        deploymentGroupName: 'dgname',
        bundle: { file: '' },
        fileExistsBehavior: 'DISALLOW',
        ...options,
      });
    },
  };
}

/** An AppSpec file with those hooks, as given in YAML under the event's name. */
export function appspec(hook: string, event = 'AfterInstall'): string {
  return `version: 0.0\nos: linux\nhooks:\n  ${event}:\n${hook}`;
}
