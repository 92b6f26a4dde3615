import { randomUUID } from 'node:crypto';
import type * as api from '@aws-sdk/client-sns';
import { checkPattern } from '../events/pattern';
import { AwsError, type AwsService, type Operation, type ResourceProvider, type Scope } from '../service';
import { deliver } from './delivery';
import { snsProviders } from './resources';
import { accepts, type Message, type Subscription, type Topic } from './topic';

const PROTOCOLS = ['lambda', 'email', 'email-json', 'sms', 'http', 'https', 'sqs', 'application', 'firehose'];

/** Topics and subscriptions. A subscription needs no confirmation here. */
export class Sns implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[] = snsProviders;
  private readonly topics = new Map<string, Topic>();

  constructor(protected readonly scope: Scope) {
    this.operations = {
      CreateTopic: (input: api.CreateTopicCommandInput) => ({ TopicArn: this.create(input).arn }),
      DeleteTopic: ({ TopicArn }: api.DeleteTopicCommandInput) => {
        this.topics.delete(TopicArn!);
      },
      ListTopics: () => ({ Topics: [...this.topics.keys()].map((TopicArn) => ({ TopicArn })) }),
      GetTopicAttributes: ({ TopicArn }: api.GetTopicAttributesCommandInput) => {
        const topic = this.topic(TopicArn!);
        return {
          Attributes: {
            TopicArn: topic.arn,
            Owner: scope.accountId,
            DisplayName: '',
            SubscriptionsConfirmed: String(topic.subscriptions.size),
            SubscriptionsPending: '0',
            SubscriptionsDeleted: '0',
            ...topic.attributes,
          },
        };
      },
      SetTopicAttributes: (input: api.SetTopicAttributesCommandInput) => {
        set(this.topic(input.TopicArn!).attributes, input.AttributeName!, input.AttributeValue);
      },
      Subscribe: (input: api.SubscribeCommandInput) => ({ SubscriptionArn: this.subscribe(input).arn }),
      Unsubscribe: ({ SubscriptionArn }: api.UnsubscribeCommandInput) => {
        for (const { subscriptions } of this.topics.values()) subscriptions.delete(SubscriptionArn!);
      },
      ListSubscriptions: () => ({
        Subscriptions: [...this.topics.values()].flatMap((topic) => this.describeSubscriptions(topic)),
      }),
      ListSubscriptionsByTopic: ({ TopicArn }: api.ListSubscriptionsByTopicCommandInput) => ({
        Subscriptions: this.describeSubscriptions(this.topic(TopicArn!)),
      }),
      GetSubscriptionAttributes: ({ SubscriptionArn }: api.GetSubscriptionAttributesCommandInput) => {
        const { arn, topicArn, protocol, endpoint, attributes } = this.subscription(SubscriptionArn!);
        const Owner = scope.accountId;
        return {
          Attributes: {
            SubscriptionArn: arn,
            TopicArn: topicArn,
            Protocol: protocol,
            Endpoint: endpoint,
            Owner,
            ...attributes,
          },
        };
      },
      SetSubscriptionAttributes: (input: api.SetSubscriptionAttributesCommandInput) => {
        const { attributes } = this.subscription(input.SubscriptionArn!);
        if (input.AttributeName === 'FilterPolicy') checkFilter(input.AttributeValue);
        set(attributes, input.AttributeName!, input.AttributeValue);
      },
      Publish: (input: api.PublishCommandInput) => this.publish(input),
      TagResource: ({ ResourceArn, Tags }: api.TagResourceCommandInput) => {
        for (const { Key, Value } of Tags ?? []) this.topic(ResourceArn!).tags[Key!] = Value!;
      },
      UntagResource: ({ ResourceArn, TagKeys }: api.UntagResourceCommandInput) => {
        for (const key of TagKeys ?? []) delete this.topic(ResourceArn!).tags[key];
      },
      ListTagsForResource: ({ ResourceArn }: api.ListTagsForResourceCommandInput) => ({
        Tags: Object.entries(this.topic(ResourceArn!).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    };
  }

  private create({ Name, Attributes, Tags }: api.CreateTopicCommandInput): Topic {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(Name ?? '')) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: Topic Name: found '${Name}'; allowed are up to 256 letters, digits, - and _ (FIFO topics are not played here)`,
      );
    }
    const arn = `arn:aws:sns:${this.scope.region}:${this.scope.accountId}:${Name}`;
    const existing = this.topics.get(arn);
    if (existing) return existing;
    const tags = Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key!, Value!]));
    const topic: Topic = { arn, attributes: { ...Attributes }, tags, subscriptions: new Map() };
    this.topics.set(arn, topic);
    return topic;
  }

  private subscribe(input: api.SubscribeCommandInput): Subscription {
    const topic = this.topic(input.TopicArn!);
    const protocol = input.Protocol ?? '';
    const endpoint = input.Endpoint ?? '';
    if (!PROTOCOLS.includes(protocol)) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: Protocol: found '${protocol}'; allowed are ${PROTOCOLS.join(', ')}`,
      );
    }
    checkFilter(input.Attributes?.['FilterPolicy']);
    // Subscribing the same endpoint again gives the subscription there is.
    for (const existing of topic.subscriptions.values()) {
      if (existing.protocol === protocol && existing.endpoint === endpoint) return existing;
    }
    const arn = `${topic.arn}:${randomUUID()}`;
    const subscription = {
      arn,
      topicArn: topic.arn,
      protocol,
      endpoint,
      attributes: { ...input.Attributes },
    };
    topic.subscriptions.set(arn, subscription);
    return subscription;
  }

  private publish(input: api.PublishCommandInput): Partial<api.PublishCommandOutput> {
    const topic = this.topic(input.TopicArn ?? input.TargetArn!);
    if (!input.Message) throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
    const messageId = randomUUID();
    const byProtocol = input.MessageStructure === 'json' ? structured(input.Message) : undefined;
    const message: Message = {
      messageId,
      topicArn: topic.arn,
      subject: input.Subject,
      body: byProtocol?.['default'] ?? input.Message,
      attributes: input.MessageAttributes ?? {},
      timestamp: new Date(this.scope.clock.now()).toISOString(),
    };
    this.scope.journal.append({
      source: 'sns',
      type: 'Publish',
      subject: topic.arn,
      message: `Published to ${topic.arn}: ${message.subject ?? message.body.slice(0, 100)}`,
      detail: { messageId, subject: message.subject, message: message.body },
    });
    for (const subscription of topic.subscriptions.values()) {
      if (!accepts(subscription, message)) continue;
      const body = byProtocol?.[subscription.protocol] ?? message.body;
      void deliver(this.scope, subscription, { ...message, body });
    }
    return { MessageId: messageId };
  }

  private topic(arn: string): Topic {
    const topic = this.topics.get(arn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  private subscription(arn: string): Subscription {
    for (const { subscriptions } of this.topics.values()) {
      const found = subscriptions.get(arn);
      if (found) return found;
    }
    throw new AwsError('NotFound', 'Subscription does not exist', 404);
  }

  private describeSubscriptions({ subscriptions }: Topic): api.Subscription[] {
    return [...subscriptions.values()].map(({ arn, topicArn, protocol, endpoint }) => ({
      SubscriptionArn: arn,
      Owner: this.scope.accountId,
      Protocol: protocol,
      Endpoint: endpoint,
      TopicArn: topicArn,
    }));
  }
}

function structured(message: string): Record<string, string> {
  try {
    const parts = JSON.parse(message);
    if (typeof parts?.default === 'string') return parts;
  } catch {
    // Falls through to the one error there is for both.
  }
  throw new AwsError(
    'InvalidParameter',
    'Invalid parameter: Message Structure - No default entry in JSON message body',
  );
}

function checkFilter(policy: string | undefined): void {
  if (!policy) return;
  try {
    checkPattern(JSON.parse(policy), 'FilterPolicy');
  } catch (error) {
    throw new AwsError('InvalidParameter', `Invalid parameter: FilterPolicy: ${(error as Error).message}`);
  }
}

function set(attributes: Record<string, string>, name: string, value: string | undefined): void {
  if (value === undefined || value === '') delete attributes[name];
  else attributes[name] = value;
}
