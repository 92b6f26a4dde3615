import { RemovalPolicy } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { pipelineNames } from '../names';
import { EventFunction } from './event-function';
import { NotificationTopic } from './notification-topic';
import type { WatchedDelivery } from './watched-delivery';

/** Tells the team of failed releases and of CodeDeploy's rollbacks, by lambda/notify, and chat of everything. */
export class PipelineNotifications extends Construct {
  constructor(scope: Construct, id: string, watched: WatchedDelivery) {
    super(scope, id);
    const { delivery, own } = watched;
    const { email, authors, chat } = delivery.notifications;
    const { topic } = new NotificationTopic(this, 'Topic', {
      topicName: pipelineNames(delivery).topic,
      email,
    });
    for (const address of authors.filter((author) => !email.includes(author)))
      topic.addSubscription(
        new EmailSubscription(address, {
          filterPolicy: { author: SubscriptionFilter.stringFilter({ allowlist: [address] }) },
        }),
      );

    const records = new LogGroup(this, 'Records', {
      logGroupName: pipelineNames(delivery).told,
      retention: RetentionDays.EIGHTEEN_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new EventFunction(this, 'Notify', {
      description: 'Tells the team of failed releases and of rollbacks',
      entry: 'lambda/notify/handler.ts',
      environment: watched.variables,
      records,
      events: watched.events(['FAILED'], ['SUCCESS', 'FAILURE', 'STOP']),
      permissions: {
        'codepipeline:GetPipelineExecution': [watched.pipelineArn],
        'codepipeline:ListActionExecutions': [watched.pipelineArn],
        'codecommit:GetCommit': watched.repositoryArns,
        'codedeploy:GetDeployment': watched.deploymentGroupArns,
        'sns:Publish': [topic.topicArn, ...watched.environmentTopicArns],
        'sts:AssumeRole': watched.roleArns,
      },
    });

    if (chat) {
      const channel = new SlackChannelConfiguration(this, 'Chat', {
        slackChannelConfigurationName: pipelineNames(delivery).topic,
        slackWorkspaceId: chat.workspaceId,
        slackChannelId: chat.channelId,
      });
      channel.addNotificationTopic(topic);
      for (const [index, arn] of watched.environmentTopicArns.entries())
        channel.addNotificationTopic(Topic.fromTopicArn(this, own[index]!.name, arn));
    }
  }
}
