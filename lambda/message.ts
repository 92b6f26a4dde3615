import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { reach } from './assume-role';
import { once } from './once';

/** What a team is told. */
export interface Message {
  /** One line: what has happened, where. */
  readonly subject: string;
  /** Lines of text; an empty one begins a paragraph. */
  readonly lines: readonly string[];
  /** Pages to look at, by what they show. */
  readonly links: Readonly<Record<string, string | undefined>>;
  /** E-mail address of the author whose commit is concerned: subscriptions filter by it. */
  readonly author?: string;
}

/** SNS wants "less than 100 characters" of ASCII, without line breaks. */
const SUBJECT_LIMIT = 99;

/**
 * Tells a team something once, and keeps it as a record.
 *
 * @param key names what there is to tell
 * @param compose makes the message, when it is its turn
 * @param roleArn role to publish with, in the account of the topic
 * @returns whether it was told now
 */
export async function tellOnce(
  key: string,
  topicArn: string,
  compose: () => Promise<Message>,
  roleArn?: string,
): Promise<boolean> {
  return once(key, async () => {
    const message = await compose();
    await publish(topicArn, message, roleArn);
    const { subject, lines } = message;
    return { timestamp: Date.now(), message: JSON.stringify({ subject, lines }) };
  });
}

/**
 * Publishes a message, as text and, for chat, as a custom notification, because chat shows no other text.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
async function publish(
  TopicArn: string,
  { subject, lines, links, author }: Message,
  roleArn: string | undefined,
): Promise<void> {
  const pages = Object.entries(links).filter(([, url]) => url);
  const text = [...lines, '', ...pages.map(([title, url]) => `${title}: ${url}`)].join('\n');
  const description = [...lines, '', ...pages.map(([title, url]) => `<${url}|${title}>`)].join('\n');
  const chat = {
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: subject, description },
  };
  const [, , , region] = TopicArn.split(':'); // a topic takes messages in its own region only
  await new SNSClient(await reach({ region, roleArn }, 'tidegate-insight')).send(
    new PublishCommand({
      TopicArn,
      Subject: subject.replaceAll(/[^ -~]+/g, '?').slice(0, SUBJECT_LIMIT),
      MessageStructure: 'json',
      Message: JSON.stringify({ default: text, https: JSON.stringify(chat) }),
      MessageAttributes: author ? { author: { DataType: 'String', StringValue: author } } : undefined,
    }),
  );
}
