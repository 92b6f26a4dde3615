import { ActionFailure, type ActionProvider } from './action-provider';

/**
 * Waits for a person's PutApprovalResult.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
 */
export const approval: ActionProvider = {
  inputs: [0, 0],
  outputs: [0, 0],
  configuration: { NotificationArn: 'optional', CustomData: 'optional', ExternalEntityLink: 'optional' },
  timeoutInMinutes: 7 * 24 * 60,
  waitsForPerson: true,

  async run({ home, scope, configuration, signal, report, ...context }) {
    const { NotificationArn, CustomData, ExternalEntityLink } = configuration;
    const { token, answer } = home.service('codepipeline').approvals.ask(signal);
    report({ token, summary: CustomData });
    if (NotificationArn) {
      const notification = {
        TopicArn: NotificationArn,
        Subject: `APPROVAL NEEDED: AWS CodePipeline ${context.pipelineName} for action ${context.action.name}`,
        Message: JSON.stringify({
          region: home.region,
          approval: {
            pipelineName: context.pipelineName,
            stageName: context.stageName,
            actionName: context.action.name,
            token,
            externalEntityLink: ExternalEntityLink,
            customData: CustomData,
          },
        }),
      };
      await scope.service('sns').operations.Publish(notification, context.call);
    }
    const { status, summary, by } = await answer;
    report({ token: undefined, summary, updatedBy: by });
    if (status === 'Rejected') throw new ActionFailure('Rejected', summary || 'The approval was rejected');
    return {};
  },
};
