import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames } from '../names';
import { NotificationTopic } from './notification-topic';

export interface EnvironmentTopicProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  /** The environment's key. */
  readonly key: Key;
}

/** Where an environment's alarm, its guard and the pipeline tell the team what happens to it. */
export class EnvironmentTopic extends NotificationTopic {
  constructor(scope: Construct, id: string, { delivery, environment, key }: EnvironmentTopicProps) {
    super(scope, id, {
      email: delivery.notifications.email,
      key,
      topicName: environmentNames(delivery, environment).topic,
    });
  }
}
