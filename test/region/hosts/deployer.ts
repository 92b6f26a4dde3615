import path from 'node:path';
import type { AgentEvent, Host, LifecycleOutcome } from '../../../region/hosts/host';

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
