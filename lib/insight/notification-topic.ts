import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NotificationTopicProps {
  /** Name of the topic, by which those publish who cannot refer to it. */
  readonly topicName: string;
  /**
   * Addresses that are told. Each confirms its subscription once, by the link AWS sends it.
   *
   * @default - nobody
   */
  readonly email?: readonly string[];
  /**
   * Key that the messages are encrypted with.
   *
   * @default - one of the topic's own
   */
  readonly key?: Key;
}

/**
 * What a team is told: encrypted, and published to over TLS only.
 *
 * The key is one of our own, because CloudWatch may not use `aws/sns`: an alarm's notification to a topic under that
 * key is lost in silence. Whoever else may publish needs no permission on the key.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class NotificationTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { topicName, email = [], ...props }: NotificationTopicProps) {
    super(scope, id);
    const key =
      props.key ??
      new Key(this, 'Key', {
        description: `Notifications of ${topicName}`,
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.DESTROY, // a topic keeps no messages
      });
    this.topic = new Topic(this, 'Topic', { topicName, masterKey: key, enforceSSL: true });
    for (const address of email) this.topic.addSubscription(new EmailSubscription(address));

    const keyUse = { actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] };
    const cloudwatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    key.addToResourcePolicy(
      new PolicyStatement({
        ...keyUse,
        principals: [new AnyPrincipal()],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': [Aws.ACCOUNT_ID],
            'kms:ViaService': `sns.${Aws.REGION}.${Aws.URL_SUFFIX}`,
          },
        },
      }),
    );
    key.addToResourcePolicy(new PolicyStatement({ ...keyUse, principals: [cloudwatch] }));
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        principals: [cloudwatch],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}
