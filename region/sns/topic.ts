import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import { matchesPattern } from '../events/pattern';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** `lambda`, `email`, `https`, … */
  readonly protocol: string;
  readonly endpoint: string;
  /** FilterPolicy, FilterPolicyScope, RawMessageDelivery, … as the API names them. */
  readonly attributes: Record<string, string>;
}

export interface Topic {
  readonly arn: string;
  readonly attributes: Record<string, string>;
  readonly tags: Record<string, string>;
  readonly subscriptions: Map<string, Subscription>;
}

export interface Message {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** ISO 8601, AWS time. */
  readonly timestamp: string;
}

/**
 * Whether a subscription's filter policy lets the message through.
 * @see SNS Developer Guide: Message filtering
 */
export function accepts({ attributes }: Subscription, message: Message): boolean {
  if (!attributes['FilterPolicy']) return true;
  const policy = JSON.parse(attributes['FilterPolicy']);
  if (attributes['FilterPolicyScope'] !== 'MessageBody') return matchesPattern(policy, valuesOf(message));
  try {
    return matchesPattern(policy, JSON.parse(message.body));
  } catch {
    return false; // A body that is no JSON matches no policy on bodies.
  }
}

function valuesOf({ attributes }: Message): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue = '' }]) => {
      if (DataType?.startsWith('Number')) return [name, Number(StringValue)];
      return [name, DataType === 'String.Array' ? JSON.parse(StringValue) : StringValue];
    }),
  );
}
