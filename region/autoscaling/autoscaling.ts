import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService, type Operation, type ResourceProvider, type Scope } from '../service';
import { AutoScalingGroup } from './group';
import { operations } from './operations';
import { resources } from './resources';
import type { Breach } from './scaling/scaling-policy';
import type { GroupSettings } from './settings';

/** Amazon EC2 Auto Scaling: groups, lifecycle hooks, health checks, scaling policies and scheduled actions. */
export class AutoScaling implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[];
  private readonly groups = new Map<string, AutoScalingGroup>();

  constructor(readonly scope: Scope) {
    this.operations = operations(this);
    this.resources = resources(this);
  }

  create(name: string | undefined, settings: GroupSettings): AutoScalingGroup {
    if (!name) throw new AwsError('ValidationError', 'AutoScalingGroupName is missing');
    if (this.groups.has(name)) throw new AwsError('AlreadyExists', `Auto Scaling group ${name} exists`);
    const { accountId, region } = this.scope;
    const arn = `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`;
    const group = new AutoScalingGroup(this.scope, name, arn, settings);
    this.groups.set(name, group);
    return group;
  }

  /** @throws AwsError ValidationError */
  group(name: string | undefined): AutoScalingGroup {
    const group = this.groups.get(name ?? '');
    if (!group) throw new AwsError('ValidationError', `there is no Auto Scaling group ${name}`);
    return group;
  }

  all(names: readonly string[] = []): AutoScalingGroup[] {
    return [...this.groups.values()].filter((group) => names.length === 0 || names.includes(group.name));
  }

  /** The group that an instance belongs to. */
  groupOf(instanceId: string): AutoScalingGroup {
    const group = this.all().find((one) => one.has(instanceId));
    if (!group) throw new AwsError('ValidationError', `no Auto Scaling group has instance ${instanceId}`);
    return group;
  }

  /** The group of a scaling policy, by the policy's ARN. */
  groupOfPolicy(arn: string): AutoScalingGroup {
    return this.group(/:autoScalingGroupName\/(.+):policyName\//.exec(arn)?.[1]);
  }

  /** What an alarm with a scaling policy among its actions sets off. */
  alarmed(policyArn: string, breach: Breach): void {
    this.groupOfPolicy(policyArn).policies.alarmed(policyArn, breach);
  }

  async delete(name: string): Promise<void> {
    await this.groups.get(name)?.delete();
    this.groups.delete(name);
  }

  async stop(): Promise<void> {
    for (const group of this.groups.values()) group.stop();
  }
}
