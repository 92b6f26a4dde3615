import type { PutScalingPolicyType } from '@aws-sdk/client-auto-scaling';
import { AwsError, type Scope } from '../../service';
import type { AutoScalingGroup } from '../group';
import { type Breach, ScalingPolicy } from './scaling-policy';

/** The scaling policies of one group. */
export class ScalingPolicies {
  private readonly byName = new Map<string, ScalingPolicy>();

  constructor(
    private readonly scope: Scope,
    private readonly group: AutoScalingGroup,
  ) {}

  /** Creates a policy, or changes the one of that name. */
  put(input: PutScalingPolicyType): ScalingPolicy {
    const existing = this.byName.get(input.PolicyName ?? '');
    existing?.update(input);
    const policy = existing ?? new ScalingPolicy(this.scope, this.group, input);
    this.byName.set(policy.name, policy);
    return policy;
  }

  all(): ScalingPolicy[] {
    return [...this.byName.values()];
  }

  /** By name or ARN. @throws AwsError ValidationError */
  get(nameOrArn: string): ScalingPolicy {
    const policy = this.all().find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
    if (policy) return policy;
    throw new AwsError('ValidationError', `group ${this.group.name} has no scaling policy ${nameOrArn}`);
  }

  delete(nameOrArn: string): void {
    const policy = this.get(nameOrArn);
    policy.end();
    this.byName.delete(policy.name);
  }

  /** What an alarm sets off, unless the process AlarmNotification is suspended. */
  alarmed(arn: string, breach: Breach): void {
    if (this.group.processes.runs('AlarmNotification')) this.get(arn).execute(breach);
  }

  end(): void {
    for (const { name } of this.all()) this.delete(name);
  }
}
