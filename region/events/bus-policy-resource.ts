import type { ResourceProvider } from '../service';
import type { Events } from './events';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html */
export function busPolicyResource({ operations, policy }: Events): ResourceProvider {
  const put = ({ EventBusName = 'default', ...statement }: any) => {
    operations.DescribeEventBus!({ Name: EventBusName });
    policy.put(statement);
    return { physicalId: `${EventBusName}|${statement.StatementId}` };
  };
  return {
    type: 'AWS::Events::EventBusPolicy',
    disposition: 'executed',
    properties: {
      EventBusName: 'executed',
      StatementId: 'executed',
      Statement: 'executed',
      Action: 'executed',
      Principal: 'executed',
      Condition: 'executed',
    },
    create: async (properties) => put(properties),
    update: async (_id, properties) => put(properties),
    async delete(_id, { StatementId }) {
      try {
        policy.remove(StatementId);
      } catch (error) {
        if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      }
    },
  };
}
