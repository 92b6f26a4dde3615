import { randomUUID } from 'node:crypto';
import type { DescribeAutoScalingInstancesCommandOutput, LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { LifecycleAction } from '../autoscaling/lifecycle-hooks';
import type { Scope } from '../service';
import type { DeploymentGroup } from './deployment-group';
import type { Deployments } from './deployments';

/** An instance may wait this long for a sign of life from CodeDeploy, seconds. */
const HEARTBEAT_TIMEOUT = 600;
/** CodeDeploy gives one this often while a deployment runs, AWS milliseconds. */
const HEARTBEAT = 5 * 60_000;
/** How often CodeDeploy looks whether an instance has come into service, AWS milliseconds. */
const LOOK = 5000;

/**
 * The lifecycle hooks that CodeDeploy installs on the Auto Scaling groups of its deployment groups, and the deployments
 * they ask for.
 * @see CodeDeploy User Guide: Integrating CodeDeploy with Amazon EC2 Auto Scaling
 */
export class ScalingHooks {
  private readonly ended = new AbortController();

  constructor(
    private readonly scope: Scope,
    private readonly deployments: Deployments,
  ) {}

  /** Installs the hooks that the group should have and does not, and removes those of groups it has left. */
  async arrange(group: DeploymentGroup, previous: DeploymentGroup['info']['autoScalingGroups'] = []) {
    const { operations } = this.scope.service('autoscaling');
    const wanted = group.info.autoScalingGroups ?? [];
    for (const { name, hook, terminationHook } of previous) {
      const stays = wanted.some((one) => one.name === name);
      const gone = stays
        ? group.info.terminationHookEnabled
          ? []
          : [terminationHook]
        : [hook, terminationHook];
      for (const LifecycleHookName of gone.filter(Boolean)) {
        await operations.DeleteLifecycleHook!({ AutoScalingGroupName: name, LifecycleHookName });
      }
    }
    group.info.autoScalingGroups = [];
    for (const { name } of wanted) {
      const before = previous.find((one) => one.name === name);
      const hook = before?.hook ?? (await this.install(group, name!, 'launch'));
      const terminationHook = group.info.terminationHookEnabled
        ? (before?.terminationHook ?? (await this.install(group, name!, 'termination')))
        : undefined;
      group.info.autoScalingGroups.push({ name, hook, terminationHook });
    }
  }

  private async install(group: DeploymentGroup, name: string, kind: 'launch' | 'termination') {
    const LifecycleHookName = `CodeDeploy-managed-automatic-${kind}-deployment-hook-${group.name}-${randomUUID()}`;
    await this.scope.service('autoscaling').operations.PutLifecycleHook!({
      AutoScalingGroupName: name,
      LifecycleHookName,
      LifecycleTransition:
        kind === 'launch' ? 'autoscaling:EC2_INSTANCE_LAUNCHING' : 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: HEARTBEAT_TIMEOUT,
      DefaultResult: kind === 'launch' ? 'ABANDON' : 'CONTINUE',
      NotificationTargetARN: `arn:aws:codedeploy:${this.scope.region}:${this.scope.accountId}:deploymentgroup:${group.applicationName}/${group.name}`,
    } satisfies Partial<LifecycleHook>);
    return LifecycleHookName;
  }

  /** Deploys the group's last good revision to the instance (or stops it there), then tells Auto Scaling to go on. */
  async act(group: DeploymentGroup, action: LifecycleAction): Promise<void> {
    const launching = action.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING';
    const deployment = this.deployments.startForInstance(
      group,
      launching ? 'autoscaling-launch' : 'autoscaling-termination',
      action.instanceId,
    );
    const { operations } = this.scope.service('autoscaling');
    const token = {
      AutoScalingGroupName: action.autoScalingGroupName,
      LifecycleHookName: action.hookName,
      LifecycleActionToken: action.token,
    };
    const beat = this.scope.clock.every(HEARTBEAT, () => operations.RecordLifecycleActionHeartbeat!(token));
    const info = await deployment?.ended;
    beat.cancel();
    // Without a revision there is nothing to deploy; and a termination goes on whatever its deployment came to.
    const good = !info || info.status === 'Succeeded' || !launching;
    await operations.CompleteLifecycleAction!({
      ...token,
      LifecycleActionResult: good ? 'CONTINUE' : 'ABANDON',
    });
    // A deployment to the group may have ended meanwhile, while the instance was not in service yet.
    if (deployment && launching && good && (await this.comesIntoService(action.instanceId)))
      await this.deployments.updateOutdated(group);
  }

  /** Ends what waits for instances. */
  stop(): void {
    this.ended.abort();
  }

  private async comesIntoService(instanceId: string): Promise<boolean> {
    const { operations } = this.scope.service('autoscaling');
    while (!this.ended.signal.aborted) {
      const { AutoScalingInstances } = (await operations.DescribeAutoScalingInstances!({
        InstanceIds: [instanceId],
      })) as DescribeAutoScalingInstancesCommandOutput;
      const state = AutoScalingInstances?.[0]?.LifecycleState;
      if (!state?.startsWith('Pending')) return state === 'InService';
      await this.scope.clock.sleep(LOOK, this.ended.signal).catch(() => {});
    }
    return false;
  }
}
