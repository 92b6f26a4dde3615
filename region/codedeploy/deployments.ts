import type { CreateDeploymentInput } from '@aws-sdk/client-codedeploy';
import { AwsError, type Scope } from '../service';
import { validAlarms } from './alarms';
import { Deployment, type DeploymentSpec } from './deployment';
import { DEFAULT_CONFIG, type DeploymentConfigs } from './deployment-configs';
import type { DeploymentGroup } from './deployment-group';
import { DeploymentRun } from './deployment-run';
import { fleet } from './fleet';
import { revisionHealth } from './instance-health';
import { Reports } from './reports';
import { download, revisionName, s3Location } from './revisions';
import { ROLLBACK_ALARMS, type RollbackAlarms, rollsBack, validAutoRollback } from './rollback';

const FILE_EXISTS_BEHAVIORS = ['DISALLOW', 'OVERWRITE', 'RETAIN'];

/** Starts the deployments of one account and region, remembers them, and follows one with another where AWS does. */
export class Deployments {
  private readonly byId = new Map<string, Deployment>();
  private readonly reports: Reports;

  constructor(
    private readonly scope: Scope,
    private readonly configs: DeploymentConfigs,
    private readonly newId: () => string,
    private readonly rollbackAlarms: RollbackAlarms = ROLLBACK_ALARMS,
  ) {
    this.reports = new Reports(scope);
  }

  /** @throws AwsError DeploymentIdRequiredException, DeploymentDoesNotExistException */
  get(id: string | undefined): Deployment {
    if (!id) throw new AwsError('DeploymentIdRequiredException', 'deploymentId is missing');
    const deployment = this.byId.get(id);
    if (!deployment) throw new AwsError('DeploymentDoesNotExistException', `there is no deployment ${id}`);
    return deployment;
  }

  /** Newest first. */
  all(): Deployment[] {
    return [...this.byId.values()].reverse();
  }

  /** A deployment to a whole group, as CreateDeployment starts it. */
  async create(
    group: DeploymentGroup,
    input: Omit<CreateDeploymentInput, 'applicationName'>,
    creator: DeploymentSpec['creator'] = 'user',
  ): Promise<Deployment> {
    const behavior = input.fileExistsBehavior ?? 'DISALLOW';
    if (!FILE_EXISTS_BEHAVIORS.includes(behavior)) {
      throw new AwsError(
        'InvalidFileExistsBehaviorException',
        `fileExistsBehavior is ${behavior}; allowed are ${FILE_EXISTS_BEHAVIORS.join(', ')}`,
      );
    }
    if (input.targetInstances) {
      throw new AwsError(
        'InvalidTargetInstancesException',
        'targetInstances belongs to a blue/green deployment, which the rehearsal region does not play',
      );
    }
    validAlarms(input.overrideAlarmConfiguration, 'overrideAlarmConfiguration');
    validAutoRollback(input.autoRollbackConfiguration);
    const config = this.configs.get(
      input.deploymentConfigName ?? group.info.deploymentConfigName ?? DEFAULT_CONFIG,
    );
    const revision = input.revision ? s3Location(input.revision) : group.revision;
    if (!revision) s3Location(undefined);
    const id = this.newId();
    this.assertFree(group);
    const bundle = await download(this.scope, revision!, id);
    this.assertFree(group);
    return this.start({
      id,
      group,
      config,
      revision: revision!,
      bundle,
      occasion: 'in-place',
      creator,
      description: input.description,
      fileExistsBehavior: behavior,
      ignoreApplicationStopFailures: input.ignoreApplicationStopFailures ?? false,
      updateOutdatedInstancesOnly: input.updateOutdatedInstancesOnly ?? false,
      autoRollback: input.autoRollbackConfiguration ?? group.info.autoRollbackConfiguration,
      overrideAlarms: input.overrideAlarmConfiguration,
    });
  }

  /** A deployment of the group's last good revision to one instance that Auto Scaling launches or terminates. */
  startForInstance(
    group: DeploymentGroup,
    occasion: 'autoscaling-launch' | 'autoscaling-termination',
    instanceId: string,
  ): Deployment | undefined {
    const last = group.lastSuccessful?.spec;
    if (!last) return undefined;
    return this.start({
      ...last,
      id: this.newId(),
      group,
      config: this.configs.get('CodeDeployDefault.AllAtOnce'),
      occasion,
      creator: occasion === 'autoscaling-launch' ? 'autoscaling' : 'autoscalingTermination',
      description: undefined,
      updateOutdatedInstancesOnly: false,
      autoRollback: undefined,
      overrideAlarms: undefined,
      onlyInstance: instanceId,
    });
  }

  private start(spec: DeploymentSpec): Deployment {
    const { group } = spec;
    const deployment = new Deployment(spec, group.revision, this.scope.clock);
    this.byId.set(deployment.id, deployment);
    const whole = spec.occasion === 'in-place';
    if (whole) group.lastAttempted = group.current = deployment;
    this.reports.deployment(deployment);
    void new DeploymentRun(this.scope, deployment, this.reports, this.rollbackAlarms).run().then(() => {
      if (whole) group.current = undefined;
      const next = rollsBack(deployment) ? this.rollBack(deployment) : undefined;
      this.reports.deployment(deployment);
      next?.();
      deployment.announceEnd();
      const followed = deployment.status === 'Succeeded' && !spec.updateOutdatedInstancesOnly;
      if (whole && followed) void this.updateOutdated(group);
    });
    return deployment;
  }

  /** Links a failed deployment with the one that redeploys the last good revision; the result starts it. */
  private rollBack(failed: Deployment): (() => void) | undefined {
    const good = failed.spec.group.lastSuccessful?.spec;
    if (!good) {
      failed.rollbackInfo = {
        rollbackMessage: 'nothing to roll back to: the group has no successful deployment',
      };
      return undefined;
    }
    const id = this.newId();
    failed.rollbackInfo = {
      rollbackDeploymentId: id,
      rollbackMessage: `rolled back by ${id} to ${revisionName(good.revision)}`,
    };
    return () => {
      this.scope.journal.append({
        source: 'codedeploy',
        type: 'RollbackStarted',
        subject: failed.id,
        message: `${failed.spec.group.name}: ${failed.id} is rolled back by ${id} to ${revisionName(good.revision)}; its alarms are ${this.rollbackAlarms} (AWS does not say which)`,
        detail: { deploymentId: failed.id, rollbackDeploymentId: id, alarms: this.rollbackAlarms },
      });
      this.start({
        ...good,
        id,
        group: failed.spec.group,
        config: failed.spec.config,
        creator: 'codeDeployRollback',
        description: `rollback of ${failed.id}`,
        updateOutdatedInstancesOnly: false,
        autoRollback: undefined,
        overrideAlarms: undefined,
        rollbackOf: failed.id,
      });
    };
  }

  /**
   * Brings instances that were launched with an earlier revision up to the group's, if they are in service by now; a
   * deployment that is under way does it at its end.
   */
  async updateOutdated(group: DeploymentGroup): Promise<void> {
    const last = group.lastSuccessful;
    if (!last || group.current || group.info.outdatedInstancesStrategy === 'IGNORE') return;
    const { revision, fileExistsBehavior } = last.spec;
    try {
      const outdated = (await fleet(this.scope, group)).some(
        ({ instanceId }) => revisionHealth(group.record(instanceId), revision) === 'Old',
      );
      if (!outdated || group.current) return;
      await this.create(
        group,
        {
          revision: { revisionType: 'S3', s3Location: revision },
          updateOutdatedInstancesOnly: true,
          fileExistsBehavior,
        },
        'CodeDeployAutoUpdate',
      );
    } catch (error) {
      this.scope.journal.append({
        source: 'codedeploy',
        type: 'FollowOnFailed',
        subject: last.id,
        message: `${group.name}: outdated instances are left as they are after ${last.id}: ${(error as Error).message}`,
      });
    }
  }

  private assertFree(group: DeploymentGroup): void {
    if (!group.current) return;
    throw new AwsError(
      'DeploymentLimitExceededException',
      `deployment group ${group.name} is busy with deployment ${group.current.id}; one at a time is allowed`,
    );
  }
}
