import type { Operation } from '../../service';
import type { AutoScaling } from '../autoscaling';

/** The operations on scaling policies and scheduled actions. */
export function ofScaling(service: AutoScaling): Record<string, Operation> {
  const groupFor = (groupName: string | undefined, policy: string) =>
    groupName ? service.group(groupName) : service.groupOfPolicy(policy);
  return {
    PutScalingPolicy: (input) => {
      const policy = service.group(input.AutoScalingGroupName).policies.put(input);
      return { PolicyARN: policy.arn, Alarms: policy.describe().Alarms };
    },
    DescribePolicies: ({ AutoScalingGroupName, PolicyNames, PolicyTypes }) => ({
      ScalingPolicies: service
        .all(AutoScalingGroupName ? [AutoScalingGroupName] : [])
        .flatMap((group) => group.policies.all())
        .filter(
          ({ name, arn }) => !PolicyNames?.length || [name, arn].some((one) => PolicyNames.includes(one)),
        )
        .map((policy) => policy.describe())
        .filter(({ PolicyType }) => !PolicyTypes?.length || PolicyTypes.includes(PolicyType)),
    }),
    DeletePolicy: ({ AutoScalingGroupName, PolicyName }) => {
      groupFor(AutoScalingGroupName, PolicyName).policies.delete(PolicyName);
      return {};
    },
    ExecutePolicy: ({ AutoScalingGroupName, PolicyName, HonorCooldown, MetricValue, BreachThreshold }) => {
      const policy = groupFor(AutoScalingGroupName, PolicyName).policies.get(PolicyName);
      const breach = { cause: 'a request', value: MetricValue, threshold: BreachThreshold ?? 0 };
      policy.execute(breach, Boolean(HonorCooldown));
      return {};
    },
    PutScheduledUpdateGroupAction: ({ AutoScalingGroupName, ...action }) => {
      service.group(AutoScalingGroupName).schedule.put(action);
      return {};
    },
    DescribeScheduledActions: ({ AutoScalingGroupName, ScheduledActionNames }) => ({
      ScheduledUpdateGroupActions: service
        .all(AutoScalingGroupName ? [AutoScalingGroupName] : [])
        .flatMap((group) => group.schedule.describe(ScheduledActionNames)),
    }),
    DeleteScheduledAction: ({ AutoScalingGroupName, ScheduledActionName }) => {
      service.group(AutoScalingGroupName).schedule.delete(ScheduledActionName);
      return {};
    },
  };
}
