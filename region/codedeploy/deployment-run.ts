import type { ErrorCode } from '@aws-sdk/client-codedeploy';
import type { Host } from '../hosts/host';
import type { Scope } from '../service';
import { AlarmWatch } from './alarms';
import { type Deployment, TargetState } from './deployment';
import { type FleetInstance, fleet } from './fleet';
import { InstanceDeployment } from './instance-deployment';
import { afterGroupSuccess, rank, revisionHealth } from './instance-health';
import { lifecycleEvents } from './lifecycle-events';
import { HealthConstraint, type MinimumHealthyHosts } from './minimum-healthy-hosts';
import type { Reports } from './reports';
import type { RollbackAlarms } from './rollback';
import { SuspendedProcesses } from './suspended-processes';
import { Traffic } from './traffic';

/** An in-place deployment may take 12 hours. It bounds executed work, so it is wall time. */
const LONGEST = 12 * 3600_000;

/** What a zonal configuration asks of a zone unless it says otherwise. */
const NO_MINIMUM: MinimumHealthyHosts = { type: 'FLEET_PERCENT', value: 0 };

/** Rolls one deployment out over its instances, from Created to its final status. */
export class DeploymentRun {
  private readonly alarms: AlarmWatch;

  constructor(
    private readonly scope: Scope,
    private readonly deployment: Deployment,
    private readonly reports: Reports,
    rollbackAlarms: RollbackAlarms,
  ) {
    const { creator, overrideAlarms, group } = deployment.spec;
    const unwatched = creator === 'codeDeployRollback' && rollbackAlarms === 'ignored';
    this.alarms = new AlarmWatch(
      scope,
      unwatched || deployment.spec.occasion !== 'in-place'
        ? undefined
        : (overrideAlarms ?? group.info.alarmConfiguration),
      (reason) => deployment.stop({ code: 'ALARM_ACTIVE', message: `one or more alarms are ${reason}` }),
    );
  }

  async run(): Promise<void> {
    const { deployment, scope } = this;
    const limit = scope.clock.deadline(LONGEST, () =>
      deployment.stop({ code: 'TIMEOUT', message: 'the deployment took more than 12 hours' }),
    );
    try {
      await this.alarms.begin();
      if (!deployment.signal.aborted) await this.rollOut();
    } catch (error) {
      this.fail('INTERNAL_ERROR', (error as Error).message);
    } finally {
      this.alarms.end();
      limit.cancel();
    }
    this.conclude();
  }

  private async rollOut(): Promise<void> {
    const { deployment, scope } = this;
    const { spec } = deployment;
    deployment.status = 'InProgress';
    deployment.startTime = new Date(scope.clock.now());
    this.reports.deployment(deployment);

    const instances = await this.instances();
    if (instances.length === 0) {
      // Nothing is outdated: there is nothing to do, and that is a success.
      if (spec.updateOutdatedInstancesOnly) return;
      return this.fail('NO_INSTANCES', `no instances were found for deployment group ${spec.group.name}`);
    }
    let traffic: Traffic;
    try {
      traffic = await Traffic.of(scope, spec.group.targetGroupNames);
    } catch (error) {
      return this.fail('ELASTIC_LOAD_BALANCING_INVALID', (error as Error).message);
    }
    const events = lifecycleEvents(spec.occasion, spec.group.targetGroupNames.length > 0);
    for (const { instanceId } of instances) {
      const arn = `arn:aws:ec2:${scope.region}:${scope.accountId}:instance/${instanceId}`;
      deployment.targets.set(
        instanceId,
        new TargetState(deployment.id, instanceId, arn, events, scope.clock),
      );
    }
    const overall = new HealthConstraint(spec.config.minimumHealthyHosts, instances.length);
    if (!overall.possible) {
      return this.fail(
        'HEALTH_CONSTRAINTS_INVALID',
        `${overall.minimum} of ${instances.length} instances must stay healthy (${spec.config.name}), so none can be deployed to`,
      );
    }
    const suspended =
      spec.occasion === 'in-place' ? await SuspendedProcesses.suspend(scope, spec.group) : undefined;
    try {
      await this.zones(instances, overall, traffic);
    } finally {
      await suspended?.resume();
    }
    if (deployment.signal.aborted || overall.satisfied) return;
    this.fail(
      'HEALTH_CONSTRAINTS',
      `${overall.failures} of ${overall.total} instances failed (${this.failedScripts()}); ${Math.max(1, overall.minimum)} must be healthy (${spec.config.name})`,
    );
  }

  /** The instances to deploy to, in the order of their health. */
  private async instances(): Promise<FleetInstance[]> {
    const { spec } = this.deployment;
    const { group } = spec;
    if (spec.onlyInstance) return [{ instanceId: spec.onlyInstance, zone: '' }];
    const found = await fleet(this.scope, group);
    return found
      .filter(
        ({ instanceId }) =>
          !spec.updateOutdatedInstancesOnly ||
          revisionHealth(group.record(instanceId), spec.revision) !== 'Current',
      )
      .sort(
        (a, b) =>
          rank(group.record(a.instanceId), group.revision) - rank(group.record(b.instanceId), group.revision),
      );
  }

  /** One availability zone after the other under a zonal configuration; the whole fleet at once without. */
  private async zones(
    instances: FleetInstance[],
    overall: HealthConstraint,
    traffic: Traffic,
  ): Promise<void> {
    const { config, creator } = this.deployment.spec;
    const zonal = config.zonalConfig;
    // A rollback is not zonal.
    if (!zonal || creator === 'codeDeployRollback') return this.batch(instances, [overall], traffic);
    const names = [...new Set(instances.map((instance) => instance.zone))];
    const perZone = (zonal.minimumHealthyHostsPerZone ?? NO_MINIMUM) as MinimumHealthyHosts;
    for (const [index, name] of names.entries()) {
      const inZone = instances.filter((instance) => instance.zone === name);
      const constraint = new HealthConstraint(perZone, inZone.length);
      await this.batch(inZone, [overall, constraint], traffic);
      if (this.deployment.signal.aborted || !constraint.satisfied || overall.violated) return;
      if (index === names.length - 1) return;
      const first = index === 0 ? zonal.firstZoneMonitorDurationInSeconds : undefined;
      const seconds = first ?? zonal.monitorDurationInSeconds ?? 0;
      await this.scope.clock.sleep(seconds * 1000, this.deployment.signal).catch(() => {});
    }
  }

  private async batch(instances: FleetInstance[], constraints: HealthConstraint[], traffic: Traffic) {
    const waiting = [...instances];
    const running = new Set<Promise<void>>();
    const mayStart = () =>
      !this.deployment.signal.aborted &&
      waiting.length > 0 &&
      constraints.every((constraint) => constraint.room > 0 && !constraint.violated);
    while (running.size > 0 || mayStart()) {
      while (mayStart()) {
        const { instanceId } = waiting.shift()!;
        for (const constraint of constraints) constraint.start();
        const one = this.deploy(instanceId, traffic).then((succeeded) => {
          for (const constraint of constraints) constraint.end(succeeded);
          running.delete(one);
        });
        running.add(one);
      }
      await Promise.race(running);
    }
  }

  private async deploy(instanceId: string, traffic: Traffic): Promise<boolean> {
    const { deployment } = this;
    const { group, revision } = deployment.spec;
    const target = deployment.targets.get(instanceId)!;
    let host: Host | undefined;
    try {
      host = this.scope.service('ec2').host(instanceId);
    } catch {
      // An instance that is gone fails its first event.
    }
    const succeeded = await new InstanceDeployment(deployment, target, host, traffic, this.reports).run();
    const { installed } = group.record(instanceId);
    group.remember(
      instanceId,
      succeeded ? { health: 'Healthy', installed: revision } : { health: 'Unhealthy', installed },
    );
    return succeeded;
  }

  private fail(code: ErrorCode, message: string): void {
    this.deployment.error = { code, message };
  }

  private conclude(): void {
    const { deployment } = this;
    const { group } = deployment.spec;
    for (const target of deployment.targets.values()) {
      if (target.status !== 'Pending') continue;
      target.skipRest();
      target.setStatus('Skipped');
    }
    const reason = deployment.stopReason;
    if (!deployment.error && reason) deployment.error = { code: reason.code, message: reason.message };
    deployment.status = !deployment.error ? 'Succeeded' : reason ? 'Stopped' : 'Failed';
    deployment.completeTime = new Date(this.scope.clock.now());
    if (deployment.status !== 'Succeeded' || deployment.spec.occasion !== 'in-place') return;
    for (const [instanceId, { status }] of deployment.targets) {
      if (status !== 'Failed') continue;
      const { health, installed } = group.record(instanceId);
      const before = revisionHealth({ health, installed }, group.revision);
      const known = afterGroupSuccess(before, false) !== 'Unknown';
      group.remember(instanceId, { health, installed: known ? installed : undefined });
    }
    group.lastSuccessful = deployment;
  }

  /** The scripts that failed, by name, for the deployment's error message. */
  private failedScripts(): string {
    const failed = [...this.deployment.targets.values()].flatMap(({ instanceId, events }) =>
      events
        .filter((event) => event.status === 'Failed')
        .map(({ lifecycleEventName, diagnostics }) => {
          const script = diagnostics?.scriptName ? ` ${diagnostics.scriptName}` : '';
          return `${instanceId} in ${lifecycleEventName}${script}: ${diagnostics?.message}`;
        }),
    );
    return failed.join('; ');
  }
}
