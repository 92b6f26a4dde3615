import type { Scope } from '../service';
import { lambdaPayload, snsNotification, type Transition } from './alarm-notification';

/**
 * Carries out one action of an alarm. SNS topics and Lambda functions are really called; actions of Auto Scaling, EC2
 * and Systems Manager are recorded in the journal. A failure is journaled: CloudWatch does not test its actions.
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
