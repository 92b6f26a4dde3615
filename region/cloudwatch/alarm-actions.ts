import type { Scope } from '../service';
import type { Alarm } from './alarm';
import { lambdaPayload, snsNotification, type Transition } from './alarm-notification';
import { MetricAlarm } from './metric-alarm';

/**
 * Carries out one action of an alarm. SNS topics, Lambda functions and scaling policies are really called; actions of
 * EC2 and Systems Manager are recorded in the journal. A failure is journaled: CloudWatch does not test its actions.
 * @param arn as written in the alarm's actions
 */
export async function act(scope: Scope, arn: string, transition: Transition): Promise<void> {
  const { alarm } = transition;
  const [, , service, region, accountId] = arn.split(':');
  const target = scope.at(accountId || scope.accountId, region || scope.region);
  const journal = (type: string, message: string) =>
    scope.journal.append({
      source: 'cloudwatch',
      type,
      subject: alarm.name,
      message,
      detail: { action: arn, state: alarm.state.value },
    });
  try {
    if (service === 'sns') {
      await target.service('sns').operations.Publish!({
        TopicArn: arn,
        ...snsNotification(transition, scope),
      });
      journal('AlarmAction', `Alarm ${alarm.name} notified ${arn}`);
    } else if (service === 'lambda') {
      await target.service('lambda').operations.Invoke!({
        FunctionName: arn,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(lambdaPayload(transition, scope))),
      });
      journal('AlarmAction', `Alarm ${alarm.name} invoked ${arn}`);
    } else if (isScalingPolicy(arn)) {
      callScalingPolicy(target, arn, alarm);
      journal('AlarmAction', `Alarm ${alarm.name} called ${arn}`);
    } else {
      journal(
        'AlarmActionRecorded',
        `Alarm ${alarm.name} would act on ${arn}; such actions are recorded alone`,
      );
    }
  } catch (error) {
    journal('AlarmActionFailed', `Alarm ${alarm.name} could not act on ${arn}: ${(error as Error).message}`);
  }
}

export function isScalingPolicy(arn: string): boolean {
  return /^arn:[^:]+:autoscaling:[^:]*:\d+:scalingPolicy:/.test(arn);
}

/** Hands a policy the alarm's newest value. The policy must be of the alarm's own account and region. */
export function callScalingPolicy(scope: Scope, arn: string, alarm: Alarm): void {
  if (!(alarm instanceof MetricAlarm)) throw new Error('a composite alarm cannot call a scaling policy');
  if (alarm.config.Threshold === undefined)
    throw new Error('an alarm on a band cannot call a scaling policy');
  scope.service('autoscaling').alarmed(arn, {
    cause: `monitor alarm ${alarm.name} in state ${alarm.state.value}`,
    value: alarm.newest,
    threshold: alarm.config.Threshold,
  });
}
