import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import type { LifecycleAction } from '../autoscaling/lifecycle-hooks';
import { randomCharacters } from '../random';
import type { AwsService, Operation, ResourceProvider, Scope } from '../service';
import { Applications } from './applications';
import { DeploymentConfigs } from './deployment-configs';
import { Deployments } from './deployments';
import { operations } from './operations';
import { resources } from './resources';
import type { RollbackAlarms } from './rollback';
import { ScalingHooks } from './scaling-hooks';

/** What AWS forms deployment ids of, after `d-`. */
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * AWS CodeDeploy for EC2 instances: in-place deployments, by the rules of its user guide.
 * What happens on an instance is the host's business (`region/hosts`).
 */
export class CodeDeploy implements AwsService {
  readonly configs: DeploymentConfigs;
  readonly deployments: Deployments;
  readonly applications: Applications;
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[];
  private readonly hooks: ScalingHooks;

  constructor(
    readonly scope: Scope,
    /** @default ROLLBACK_ALARMS */
    rollbackAlarms?: RollbackAlarms,
  ) {
    this.configs = new DeploymentConfigs(() => scope.clock.now());
    this.deployments = new Deployments(
      scope,
      this.configs,
      () => `d-${randomCharacters(9, CAPITALS)}`,
      rollbackAlarms,
    );
    this.hooks = new ScalingHooks(scope, this.deployments);
    this.applications = new Applications(scope, this.configs, this.hooks);
    this.operations = operations(this);
    this.resources = resources(this);
  }

  /** The end of a deployment, whatever it is. A rollback, if there is one, is named in `rollbackInfo`. */
  async finished(id: string): Promise<DeploymentInfo> {
    return this.deployments.get(id).ended;
  }

  /** What Auto Scaling tells CodeDeploy through the hooks that CodeDeploy has installed. */
  async lifecycleAction(action: LifecycleAction): Promise<void> {
    const [applicationName, groupName] = action.notificationTargetArn!.split(':').pop()!.split('/');
    await this.hooks.act(this.applications.group(applicationName, groupName), action);
  }

  async stop(): Promise<void> {
    this.hooks.stop();
    for (const deployment of this.deployments.all()) {
      if (!deployment.done)
        deployment.stop({ code: 'MANUAL_STOP', message: 'the region ends', rollback: false });
    }
  }
}
