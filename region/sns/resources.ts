import { physicalName } from '../physical-name';
import type { ResourceContext, ResourceProvider } from '../service';

interface TopicProperties {
  readonly TopicName?: string;
  readonly DisplayName?: string;
  readonly KmsMasterKeyId?: string;
  readonly Subscription?: { Protocol: string; Endpoint: string }[];
  readonly Tags?: { Key: string; Value: string }[];
}

const topicProvider: ResourceProvider<TopicProperties> = {
  type: 'AWS::SNS::Topic',
  disposition: 'executed',
  properties: {
    TopicName: 'executed',
    Subscription: 'executed',
    DisplayName: 'recorded',
    KmsMasterKeyId: 'recorded',
    SignatureVersion: 'recorded',
    TracingConfig: 'recorded',
    DataProtectionPolicy: 'recorded',
    DeliveryStatusLogging: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, context) {
    const name = properties.TopicName ?? physicalName(context, { maxLength: 256 });
    const stackTags = Object.entries(context.tags).map(([Key, Value]) => ({ Key, Value }));
    const { TopicArn } = sns(context).CreateTopic!({
      Name: name,
      Attributes: attributes(properties, ['DisplayName', 'KmsMasterKeyId']),
      Tags: [...stackTags, ...(properties.Tags ?? [])],
    }) as { TopicArn: string };
    for (const subscription of properties.Subscription ?? [])
      sns(context).Subscribe!({ TopicArn, ...subscription });
    return topicResult(TopicArn);
  },
  async update(physicalId, properties, previous, context) {
    const { SetTopicAttributes, Subscribe, Unsubscribe, ListSubscriptionsByTopic } = sns(context);
    for (const key of ['DisplayName', 'KmsMasterKeyId'] as const) {
      SetTopicAttributes!({ TopicArn: physicalId, AttributeName: key, AttributeValue: properties[key] });
    }
    const wanted = properties.Subscription ?? [];
    const { Subscriptions } = ListSubscriptionsByTopic!({ TopicArn: physicalId }) as {
      Subscriptions: { SubscriptionArn: string; Protocol: string; Endpoint: string }[];
    };
    const has = (list: typeof wanted, { Protocol, Endpoint }: (typeof wanted)[number]) =>
      list.some((one) => one.Protocol === Protocol && one.Endpoint === Endpoint);
    for (const existing of Subscriptions) {
      if (has(previous.Subscription ?? [], existing) && !has(wanted, existing)) Unsubscribe!(existing);
    }
    for (const subscription of wanted) Subscribe!({ TopicArn: physicalId, ...subscription });
    return topicResult(physicalId);
  },
  async delete(physicalId, _properties, context) {
    sns(context).DeleteTopic!({ TopicArn: physicalId });
  },
};

const SUBSCRIPTION_ATTRIBUTES = [
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'DeliveryPolicy',
  'RedrivePolicy',
  'SubscriptionRoleArn',
] as const;

type SubscriptionProperties = {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint?: string;
} & {
  readonly [key in (typeof SUBSCRIPTION_ATTRIBUTES)[number]]?: unknown;
};

const subscriptionProvider: ResourceProvider<SubscriptionProperties> = {
  type: 'AWS::SNS::Subscription',
  disposition: 'executed',
  properties: {
    TopicArn: 'executed',
    Protocol: 'executed',
    Endpoint: 'executed',
    FilterPolicy: 'executed',
    FilterPolicyScope: 'executed',
    RawMessageDelivery: 'executed',
    DeliveryPolicy: 'recorded',
    RedrivePolicy: 'recorded',
    SubscriptionRoleArn: 'recorded',
    Region: 'recorded',
  },
  async create(properties, context) {
    const { SubscriptionArn } = sns(context).Subscribe!({
      TopicArn: properties.TopicArn,
      Protocol: properties.Protocol,
      Endpoint: properties.Endpoint,
      Attributes: attributes(properties, SUBSCRIPTION_ATTRIBUTES),
    }) as { SubscriptionArn: string };
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  async update(physicalId, properties, _previous, context) {
    const given = attributes(properties, SUBSCRIPTION_ATTRIBUTES);
    for (const AttributeName of SUBSCRIPTION_ATTRIBUTES) {
      sns(context).SetSubscriptionAttributes!({
        SubscriptionArn: physicalId,
        AttributeName,
        AttributeValue: given[AttributeName],
      });
    }
    return { physicalId, attributes: { Arn: physicalId } };
  },
  async delete(physicalId, _properties, context) {
    sns(context).Unsubscribe!({ SubscriptionArn: physicalId });
  },
};

/** Who may publish is recorded, not enforced. */
const topicPolicyProvider: ResourceProvider<{ Topics: string[]; PolicyDocument: unknown }> = {
  type: 'AWS::SNS::TopicPolicy',
  disposition: 'recorded',
  properties: { Topics: 'recorded', PolicyDocument: 'recorded' },
  async create(properties, context) {
    const id = physicalName(context, { maxLength: 256 });
    setPolicy(properties.Topics, properties.PolicyDocument, context);
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(physicalId, properties, _previous, context) {
    setPolicy(properties.Topics, properties.PolicyDocument, context);
    return { physicalId, attributes: { Id: physicalId } };
  },
  async delete(_physicalId, { Topics }, context) {
    const { Topics: existing } = sns(context).ListTopics!({}) as { Topics: { TopicArn: string }[] };
    const present = Topics.filter((arn) => existing.some(({ TopicArn }) => TopicArn === arn));
    setPolicy(present, undefined, context);
  },
};

export const snsProviders: readonly ResourceProvider[] = [
  topicProvider,
  subscriptionProvider,
  topicPolicyProvider,
];

function sns({ scope }: ResourceContext) {
  return scope.service('sns').operations;
}

function topicResult(arn: string) {
  return { physicalId: arn, attributes: { TopicArn: arn, TopicName: arn.split(':').at(-1)! } };
}

/** Attributes as the API takes them: texts, objects as JSON. */
function attributes<Key extends string>(
  properties: { readonly [key in Key]?: unknown },
  keys: readonly Key[],
): Partial<Record<Key, string>> {
  const given = keys.filter((key) => properties[key] !== undefined);
  const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return Object.fromEntries(given.map((key) => [key, text(properties[key])])) as Partial<Record<Key, string>>;
}

function setPolicy(topics: readonly string[], document: unknown, context: ResourceContext): void {
  for (const TopicArn of topics) {
    const AttributeValue = document === undefined ? undefined : JSON.stringify(document);
    sns(context).SetTopicAttributes!({ TopicArn, AttributeName: 'Policy', AttributeValue });
  }
}
