import { physicalName } from '../physical-name';
import type { ResourceProvider } from '../service';
import type { Events } from './events';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
export function ruleResource(events: Events): ResourceProvider {
  const { operations } = events;
  return {
    type: 'AWS::Events::Rule',
    disposition: 'executed',
    properties: {
      Name: 'executed',
      Description: 'recorded',
      EventBusName: 'executed',
      EventPattern: 'executed',
      ScheduleExpression: 'modelled',
      State: 'executed',
      Targets: 'executed',
      RoleArn: 'recorded',
      Tags: 'recorded',
    },

    async create(properties, context) {
      return put(properties.Name ?? physicalName(context, { maxLength: 64 }), properties);
    },

    async update(name, properties, previous) {
      const Ids = (previous.Targets ?? []).map((target: any) => target.Id);
      await operations.RemoveTargets({ Rule: name, Ids });
      return put(name, properties);
    },

    async delete(name) {
      await operations.DeleteRule({ Name: name, Force: true });
    },
  };

  async function put(name: string, { EventPattern, Targets = [], ...properties }: any) {
    await operations.PutRule({
      ...properties,
      Name: name,
      EventPattern: typeof EventPattern === 'object' ? JSON.stringify(EventPattern) : EventPattern,
    });
    await operations.PutTargets({ Rule: name, Targets });
    return { physicalId: name, attributes: { Arn: events.arn(name) } };
  }
}
