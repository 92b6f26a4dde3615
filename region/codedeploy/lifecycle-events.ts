import type { AgentEvent } from '../hosts/host';

/** What makes an instance be deployed to; it decides which lifecycle events take place. */
export type Occasion = 'in-place' | 'autoscaling-launch' | 'autoscaling-termination';

export type LifecycleEventName = AgentEvent | 'Start' | 'BlockTraffic' | 'AllowTraffic' | 'End';

const BLOCK = ['BeforeBlockTraffic', 'BlockTraffic', 'AfterBlockTraffic'] as const;
const INSTALL = [
  'ApplicationStop',
  'DownloadBundle',
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'ApplicationStart',
  'ValidateService',
] as const;
const ALLOW = ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'] as const;

/**
 * The lifecycle events of one instance, in order.
 * @see CodeDeploy User Guide: AppSpec 'hooks' section for an EC2/on-premises deployment
 */
export function lifecycleEvents(occasion: Occasion, loadBalancer: boolean): LifecycleEventName[] {
  const block = loadBalancer ? BLOCK : [];
  const allow = loadBalancer ? ALLOW : [];
  switch (occasion) {
    case 'in-place':
      return ['Start', ...block, ...INSTALL, ...allow, 'End'];
    case 'autoscaling-launch':
      return ['Start', ...INSTALL, ...allow, 'End'];
    case 'autoscaling-termination':
      return ['Start', ...block, 'ApplicationStop', 'End'];
  }
}

/** The events whose failure `ignoreApplicationStopFailures` lets pass: their scripts come from the revision before. */
export const IGNORABLE: ReadonlySet<string> = new Set([
  'BeforeBlockTraffic',
  'AfterBlockTraffic',
  'ApplicationStop',
]);

/** The events that CodeDeploy itself carries out; all others are the agent's on the instance. */
export function isAgentEvent(event: LifecycleEventName): event is Exclude<AgentEvent, 'AllowTraffic'> {
  return !['Start', 'BlockTraffic', 'AllowTraffic', 'End'].includes(event);
}
