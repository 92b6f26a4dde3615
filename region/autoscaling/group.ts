import type { AutoScalingGroup as Description } from '@aws-sdk/client-auto-scaling';
import type { Timer } from '../clock/clock';
import { AwsError, type Scope } from '../service';
import { Activities } from './activities';
import { findUnhealthy } from './health';
import { launchInstance } from './launch';
import { LifecycleHooks } from './lifecycle-hooks';
import { Processes } from './processes';
import { ScalingPolicies } from './scaling/scaling-policies';
import { ScheduledActions } from './scaling/scheduled-actions';
import type { ScalingInstance } from './scaling-instance';
import { type GroupSettings, validCapacity } from './settings';
import { TargetGroups } from './target-groups';
import { instanceToTerminate } from './termination-policy';

/** How often the health of the instances is looked at, AWS milliseconds. Modelled: AWS does not publish it. */
const HEALTH_CHECK = 30_000;

/** How long the group waits after a launch that failed, AWS milliseconds. Modelled likewise. */
const BACK_OFF = 30_000;

/** An Auto Scaling group: keeps as many healthy instances in service as are desired. */
export class AutoScalingGroup {
  readonly hooks: LifecycleHooks;
  readonly processes = new Processes();
  readonly policies: ScalingPolicies;
  readonly schedule: ScheduledActions;
  readonly activities: Activities;
  private readonly instances = new Map<string, ScalingInstance>();
  private readonly targetGroups: TargetGroups;
  private readonly created: Date;
  private readonly ticker: Timer;
  private desired: number;
  private starting: (string | undefined)[] = [];
  /** Launches that have failed in a row, and when the next may be tried. */
  private failures = 0;
  private launchAfter = 0;
  private deleted = false;

  constructor(
    private readonly scope: Scope,
    readonly name: string,
    readonly arn: string,
    public settings: GroupSettings,
  ) {
    this.hooks = new LifecycleHooks(scope, name);
    this.activities = new Activities(scope, name);
    this.policies = new ScalingPolicies(scope, this);
    this.schedule = new ScheduledActions(scope, this);
    this.targetGroups = new TargetGroups(scope, () => this.settings.targetGroupArns);
    this.created = new Date(scope.clock.now());
    this.desired = settings.desiredCapacity ?? settings.minSize;
    this.ticker = scope.clock.every(HEALTH_CHECK, () => void this.checkHealth());
  }

  /** Takes new settings; a desired capacity that is left out stays, as far as the limits allow. */
  update(settings: GroupSettings): void {
    this.settings = settings;
    const desired = settings.desiredCapacity ?? this.desired;
    this.desired = Math.min(settings.maxSize, Math.max(settings.minSize, desired));
    this.failures = 0;
    this.launchAfter = 0;
    this.reconcile('the group was updated');
  }

  setDesired(desired: number): void {
    validCapacity(this.settings.minSize, desired, this.settings.maxSize);
    this.desired = desired;
    this.reconcile(`desired capacity was set to ${desired}`);
  }

  get capacity(): number {
    return this.desired;
  }

  /** Takes a desired capacity from a policy, as far as the limits allow. */
  scaleTo(wanted: number, cause: string): void {
    const { minSize, maxSize } = this.settings;
    const desired = Math.min(maxSize, Math.max(minSize, wanted));
    if (desired === this.desired) return;
    this.desired = desired;
    this.reconcile(cause);
  }

  /** Takes new limits and, if given, a new desired capacity. @throws AwsError ValidationError when they do not fit */
  resize(size: { minSize?: number; maxSize?: number; desiredCapacity?: number }, cause: string): void {
    const { minSize = this.settings.minSize, maxSize = this.settings.maxSize, desiredCapacity } = size;
    validCapacity(minSize, desiredCapacity ?? minSize, maxSize);
    this.settings = { ...this.settings, minSize, maxSize };
    this.scaleTo(desiredCapacity ?? this.desired, cause);
  }

  /** How many instances are on their way in, or in service for less than a warm-up of so many seconds. */
  warmingUp(seconds: number): number {
    const warmSince = this.scope.clock.now() - seconds * 1000;
    const cold = this.active().filter(
      ({ inServiceAt }) => inServiceAt === undefined || inServiceAt > warmSince,
    );
    return this.starting.length + cold.length;
  }

  /** Launches what is missing and terminates what is too many. */
  reconcile(cause: string): void {
    if (this.deleted) return;
    const mayLaunch = this.processes.runs('Launch') && this.scope.clock.now() >= this.launchAfter;
    while (mayLaunch && this.active().length + this.starting.length < this.desired) {
      void this.launch(cause);
    }
    while (this.active().length > this.desired && this.processes.runs('Terminate')) {
      const victim = instanceToTerminate(this.active());
      if (!victim) break;
      void this.terminate(victim, cause);
    }
  }

  /** Terminates one instance by request. */
  terminateInstance(instanceId: string, decrement: boolean): void {
    const instance = this.find(instanceId);
    if (decrement) {
      validCapacity(this.settings.minSize, this.desired - 1, this.settings.maxSize);
      this.desired--;
    }
    void this.terminate(instance, 'it was asked for');
    this.reconcile('an instance was terminated by request');
  }

  setHealth(instanceId: string, healthy: boolean): void {
    this.find(instanceId).healthy = healthy;
    this.replaceUnhealthy();
  }

  has(instanceId: string): boolean {
    return this.instances.has(instanceId);
  }

  /**
   * What CloudFormation waits for: as many instances in service as the group must have at least.
   * @throws Error when launches keep failing
   */
  async stable(): Promise<void> {
    const { journal } = this.scope;
    for (let seen = journal.position; this.inService() < this.settings.minSize && !this.deleted; ) {
      if (this.failures >= 3) {
        const [last] = this.activities.describe();
        throw new Error(
          `group ${this.name} did not stabilize: ${this.inService()} of at least ${this.settings.minSize} instances are in service; ${last?.StatusMessage}`,
        );
      }
      const entry = await journal.waitFor(({ source }) => source === 'autoscaling', { since: seen });
      seen = entry.seq;
    }
  }

  /** Terminates all instances and waits for their end. */
  async delete(): Promise<void> {
    this.deleted = true;
    this.ticker.cancel();
    this.policies.end();
    this.schedule.end();
    for (const { LifecycleHookName } of this.hooks.describe()) this.hooks.delete(LifecycleHookName!);
    const { journal } = this.scope;
    for (let seen = journal.position; this.instances.size + this.starting.length > 0; ) {
      for (const instance of this.active()) void this.terminate(instance, 'the group is deleted');
      if (this.instances.size + this.starting.length === 0) return;
      seen = (await journal.waitFor(({ source }) => source === 'autoscaling', { since: seen })).seq;
    }
  }

  /** Ends the timers; the instances end with EC2. */
  stop(): void {
    this.deleted = true;
    this.ticker.cancel();
    this.schedule.end();
  }

  describe(): Description {
    const { settings } = this;
    return {
      AutoScalingGroupName: this.name,
      AutoScalingGroupARN: this.arn,
      LaunchTemplate: settings.launchTemplate,
      MinSize: settings.minSize,
      MaxSize: settings.maxSize,
      DesiredCapacity: this.desired,
      DefaultCooldown: settings.cooldown,
      AvailabilityZones:
        settings.availabilityZones.length > 0
          ? [...settings.availabilityZones]
          : [...new Set(settings.subnetIds.map((id) => this.scope.service('ec2').zoneOf(id)))],
      TargetGroupARNs: [...settings.targetGroupArns],
      HealthCheckType: settings.healthCheckType,
      HealthCheckGracePeriod: settings.healthCheckGracePeriod,
      Instances: [...this.instances.values()].map((instance) => instance.describe()),
      CreatedTime: this.created,
      SuspendedProcesses: this.processes.describe(),
      VPCZoneIdentifier: settings.subnetIds.join(','),
      Tags: settings.tags.map((tag) => ({
        ...tag,
        ResourceId: this.name,
        ResourceType: 'auto-scaling-group',
      })),
      TerminationPolicies: [...settings.terminationPolicies],
      NewInstancesProtectedFromScaleIn: settings.protectedFromScaleIn,
      Status: this.deleted ? 'Delete in progress' : undefined,
    };
  }

  private async launch(cause: string): Promise<void> {
    const { scope, settings } = this;
    const subnetId = this.emptiestSubnet();
    this.starting.push(subnetId);
    const activity = this.activities.begin('Launching a new EC2 instance', cause);
    let instance: ScalingInstance;
    try {
      instance = await launchInstance(scope, this.name, settings, subnetId);
      this.instances.set(instance.instanceId, instance);
    } catch (error) {
      this.launchFailed();
      activity.end('Failed', (error as Error).message);
      return;
    } finally {
      this.starting.splice(this.starting.indexOf(subnetId), 1);
    }
    activity.describe(`Launching a new EC2 instance: ${instance.instanceId}`);
    instance.enter('Pending');
    if (this.hooks.has('autoscaling:EC2_INSTANCE_LAUNCHING')) {
      instance.enter('Pending:Wait');
      const result = await this.hooks.run('autoscaling:EC2_INSTANCE_LAUNCHING', instance.instanceId);
      if (!instance.active) return activity.end('Cancelled', 'the instance was terminated meanwhile');
      if (result === 'ABANDON') {
        this.launchFailed();
        activity.end('Cancelled', `lifecycle hook abandoned instance ${instance.instanceId}`);
        return this.terminate(instance, 'its launch was abandoned');
      }
      instance.enter('Pending:Proceed');
    }
    if (this.processes.runs('AddToLoadBalancer')) await this.targetGroups.register(instance.instanceId);
    if (!instance.active) return activity.end('Cancelled', 'the instance was terminated meanwhile');
    this.failures = 0;
    instance.enter('InService');
    activity.end('Successful');
    this.emit('EC2 Instance Launch Successful', instance.instanceId, scope);
  }

  private launchFailed(): void {
    this.failures++;
    this.launchAfter = this.scope.clock.now() + BACK_OFF;
  }

  private async terminate(instance: ScalingInstance, cause: string): Promise<void> {
    if (!instance.active) return;
    const { instanceId } = instance;
    instance.enter('Terminating');
    const activity = this.activities.begin(`Terminating EC2 instance: ${instanceId}`, cause);
    this.reconcile(`${instanceId} is being terminated`);
    try {
      await this.targetGroups.deregister(instanceId);
      if (this.hooks.has('autoscaling:EC2_INSTANCE_TERMINATING')) {
        instance.enter('Terminating:Wait');
        // ABANDON only ends the other hooks' waiting: the instance goes in any case.
        await this.hooks.run('autoscaling:EC2_INSTANCE_TERMINATING', instanceId);
        instance.enter('Terminating:Proceed');
      }
      await this.scope.service('ec2').operations.TerminateInstances!({ InstanceIds: [instanceId] });
      await instance.host.ended;
      activity.end('Successful');
    } catch (error) {
      activity.end('Failed', (error as Error).message);
    }
    this.instances.delete(instanceId);
    instance.enter('Terminated');
    this.emit('EC2 Instance Terminate Successful', instanceId, this.scope);
  }

  private async checkHealth(): Promise<void> {
    if (!this.processes.runs('HealthCheck')) return;
    await findUnhealthy(this.scope, this.settings, this.targetGroups, this.active());
    this.replaceUnhealthy();
    this.reconcile('the number of instances differs from the desired capacity');
  }

  private replaceUnhealthy(): void {
    if (!this.processes.runs('ReplaceUnhealthy') || !this.processes.runs('Terminate')) return;
    for (const instance of this.active()) {
      if (!instance.healthy && instance.state === 'InService') {
        void this.terminate(instance, 'it is unhealthy');
      }
    }
  }

  private emptiestSubnet(): string | undefined {
    const taken = [...this.active().map((instance) => instance.subnetId), ...this.starting];
    const load = (id: string) => taken.filter((one) => one === id).length;
    return [...this.settings.subnetIds].sort((a, b) => load(a) - load(b))[0];
  }

  private active(): ScalingInstance[] {
    return [...this.instances.values()].filter((instance) => instance.active);
  }

  private inService(): number {
    return this.active().filter((instance) => instance.state === 'InService').length;
  }

  private find(instanceId: string): ScalingInstance {
    const instance = this.instances.get(instanceId);
    if (instance) return instance;
    throw new AwsError('ValidationError', `group ${this.name} has no instance ${instanceId}`);
  }

  private emit(detailType: string, EC2InstanceId: string, { accountId, region }: Scope): void {
    void this.scope.service('events').emit({
      source: 'aws.autoscaling',
      detailType,
      resources: [this.arn, `arn:aws:ec2:${region}:${accountId}:instance/${EC2InstanceId}`],
      detail: { AutoScalingGroupName: this.name, EC2InstanceId, StatusCode: 'InProgress' },
    });
  }
}
