import { physicalName } from '../../physical-name';
import type { ResourceProvider } from '../../service';
import type { AutoScaling } from '../autoscaling';

export function scalingPolicy(service: AutoScaling): ResourceProvider {
  const put = (PolicyName: string, properties: any) => {
    const { arn, name } = service
      .group(properties.AutoScalingGroupName)
      .policies.put({ ...properties, PolicyName });
    return { physicalId: arn, attributes: { Arn: arn, PolicyName: name } };
  };
  return {
    type: 'AWS::AutoScaling::ScalingPolicy',
    disposition: 'modelled',
    properties: {
      AutoScalingGroupName: 'modelled',
      PolicyType: 'modelled',
      AdjustmentType: 'modelled',
      Cooldown: 'modelled',
      EstimatedInstanceWarmup: 'modelled',
      MinAdjustmentMagnitude: 'modelled',
      ScalingAdjustment: 'modelled',
      StepAdjustments: 'modelled',
      TargetTrackingConfiguration: 'modelled',
      MetricAggregationType: 'recorded',
    },
    async create(properties, context) {
      return put(physicalName(context, { maxLength: 255 }), properties);
    },
    async update(arn, properties) {
      return put(service.groupOfPolicy(arn).policies.get(arn).name, properties);
    },
    async delete(arn, { AutoScalingGroupName }) {
      const policies = service.all([AutoScalingGroupName])[0]?.policies;
      if (policies?.all().some((policy) => policy.arn === arn)) policies.delete(arn);
    },
  };
}

export function scheduledAction(service: AutoScaling): ResourceProvider {
  const put = (ScheduledActionName: string, { AutoScalingGroupName, ...action }: any) => {
    service.group(AutoScalingGroupName).schedule.put({ ...action, ScheduledActionName });
    return { physicalId: ScheduledActionName, attributes: { ScheduledActionName } };
  };
  return {
    type: 'AWS::AutoScaling::ScheduledAction',
    disposition: 'modelled',
    properties: {
      AutoScalingGroupName: 'modelled',
      DesiredCapacity: 'modelled',
      EndTime: 'modelled',
      MaxSize: 'modelled',
      MinSize: 'modelled',
      Recurrence: 'modelled',
      StartTime: 'modelled',
      TimeZone: 'modelled',
    },
    async create(properties, context) {
      return put(physicalName(context, { maxLength: 255 }), properties);
    },
    async update(physicalId, properties) {
      return put(physicalId, properties);
    },
    async delete(physicalId, { AutoScalingGroupName }) {
      service.all([AutoScalingGroupName])[0]?.schedule.delete(physicalId);
    },
  };
}
