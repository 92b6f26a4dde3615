import type { Scope } from '../service';
import type { Message, Subscription } from './topic';

/** Wall milliseconds that an HTTP endpoint has to answer. @see SNS Developer Guide: HTTP/HTTPS delivery */
const HTTP_LIMIT = 15_000;

/**
 * Delivers a message to one subscription. Lambda functions are invoked and endpoints on loopback are called; for
 * everybody else the journal says what they would have received. A failure is journaled.
 */
export async function deliver(scope: Scope, subscription: Subscription, message: Message): Promise<void> {
  const { protocol, endpoint } = subscription;
  const journal = (type: string, text: string) =>
    scope.journal.append({
      source: 'sns',
      type,
      subject: endpoint,
      message: text,
      detail: { protocol, topicArn: message.topicArn, subject: message.subject, message: message.body },
    });
  const title = message.subject ?? message.body.slice(0, 100);
  try {
    if (protocol === 'lambda') {
      const [, , , region, accountId] = endpoint.split(':');
      await scope.at(accountId!, region!).service('lambda').operations.Invoke!({
        FunctionName: endpoint,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(lambdaEvent(subscription, message))),
      });
      journal('Delivery', `Notification to ${endpoint}: ${title}`);
    } else if (/^https?$/.test(protocol) && isLoopback(endpoint)) {
      await post(scope, subscription, message);
      journal('Delivery', `Notification to ${endpoint}: ${title}`);
    } else {
      journal('DeliveryRecorded', `Not sent, but recorded: ${protocol} to ${endpoint}: ${title}`);
    }
  } catch (error) {
    journal('DeliveryFailed', `Notification to ${endpoint} failed: ${(error as Error).message}`);
  }
}

/** @see Lambda Developer Guide: Invoking Lambda functions with Amazon SNS notifications */
function lambdaEvent(subscription: Subscription, message: Message) {
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        EventSource: 'aws:sns',
        Sns: {
          ...notification(message),
          MessageAttributes: Object.fromEntries(
            Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
              name,
              { Type: DataType, Value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64') },
            ]),
          ),
        },
      },
    ],
  };
}

/** A notification's body. It bears no signature: the region has no certificate of Amazon's. */
function notification({ messageId, topicArn, subject, body, timestamp }: Message) {
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject ?? null,
    Message: body,
    Timestamp: timestamp,
  };
}

async function post(
  scope: Scope,
  { arn, endpoint, attributes }: Subscription,
  message: Message,
): Promise<void> {
  const raw = attributes['RawMessageDelivery'] === 'true';
  const abort = new AbortController();
  const deadline = scope.clock.deadline(HTTP_LIMIT, () =>
    abort.abort(new Error(`no answer in ${HTTP_LIMIT} ms`)),
  );
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      body: raw ? message.body : JSON.stringify(notification(message)),
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': message.messageId,
        'x-amz-sns-topic-arn': message.topicArn,
        'x-amz-sns-subscription-arn': arn,
        ...(raw && { 'x-amz-sns-rawdelivery': 'true' }),
      },
      signal: abort.signal,
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  } finally {
    deadline.cancel();
  }
}

function isLoopback(endpoint: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
}
