import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { AlarmRule, AlarmState, CompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames } from '../names';
import { EnvironmentTopic } from './environment-topic';
import { ServiceDashboard } from './service-dashboard';
import { failedRequests } from './tracing';
import { TrafficAlarm } from './traffic-alarm';

export interface EnvironmentInsightProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly group: AutoScalingGroup;
  /** The environment's key: of its notifications. */
  readonly key: Key;
  readonly logGroup: LogGroup;
  /** The release alarms. They notify nobody themselves. */
  readonly alarms: readonly IAlarm[];
}

/** What a team sees of an environment and is told of it: once, however many of its alarms go off. */
export class EnvironmentInsight extends Construct {
  /** Where the environment's alarm, its guard and the pipeline tell the team what happens to it. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: EnvironmentInsightProps) {
    super(scope, id);
    const { delivery, environment, loadBalancer, key, alarms } = props;
    const names = environmentNames(delivery, environment);
    this.topic = new EnvironmentTopic(this, 'Notifications', { delivery, environment, key }).topic;

    const alarm = new CompositeAlarm(this, 'Alarm', {
      compositeAlarmName: names.alarm,
      alarmDescription: [
        `${delivery.service} in ${environment.name}: users notice errors, slowness or missing hosts`,
        ...(delivery.tracing ? [`Failed requests: ${failedRequests(delivery, environment)}`] : []),
      ].join('\n'),
      alarmRule: AlarmRule.anyOf(...alarms.map((one) => AlarmRule.fromAlarm(one, AlarmState.ALARM))),
    });
    alarm.addAlarmAction(new SnsAction(this.topic));

    const deviations = environment.trafficDropDeviations;
    const trafficAlarm = deviations
      ? new TrafficAlarm(this, 'Traffic', { alarmName: names.trafficAlarm, loadBalancer, deviations })
      : undefined;
    trafficAlarm?.addAlarmAction(new SnsAction(this.topic));

    if (delivery.dashboards)
      new ServiceDashboard(this, 'Dashboard', { ...props, alarms: [alarm, ...alarms], trafficAlarm });
  }
}
