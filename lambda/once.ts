import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';

/**
 * The time limit of the functions that use this, in milliseconds: what one has not finished by then it never will. It
 * is shorter than the minute that Lambda waits before it tries an event again.
 */
const LONGEST_INVOCATION = 50_000;

const logs = new CloudWatchLogsClient();

/**
 * Does something the first time it is asked for, and no other time: EventBridge delivers an event at least once, in any
 * order, and several events tell of the same fact. A log stream named after the fact is the claim, because CloudWatch Logs
 * creates each name only once, and the record in it says that the work is done. The log group is `RECORDS_LOG_GROUP`.
 *
 * An invocation that dies in between leaves a claim without a record. Once it is older than an invocation can be, the
 * next to come takes over; Lambda's own retry of the event does, a minute later. So where it dies between the
 * work and the record, the work is done twice: better than never.
 *
 * @param key names the fact, the same whenever it is found again; neither colon nor asterisk, which log streams refuse
 * @param work resolves with the record
 * @returns whether it was done now
 */
export async function once(key: string, work: () => Promise<InputLogEvent>): Promise<boolean> {
  const logStreamName = await claim(key);
  if (!logStreamName) return false;
  const logEvents = [await work()];
  await logs.send(new PutLogEventsCommand({ logGroupName: group(), logStreamName, logEvents }));
  return true;
}

/** Name of the log stream to write the record to; `undefined` when another invocation has done the work, or is about to. */
async function claim(logStreamName: string): Promise<string | undefined> {
  try {
    await logs.send(new CreateLogStreamCommand({ logGroupName: group(), logStreamName }));
    return logStreamName;
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
  if ((await ageOf(logStreamName)) < LONGEST_INVOCATION || (await isRecorded(logStreamName)))
    return undefined;
  return claim(`${logStreamName}/again`);
}

/** Milliseconds since the claim. */
async function ageOf(logStreamName: string): Promise<number> {
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: group(), logStreamNamePrefix: logStreamName, limit: 1 }),
  );
  return Date.now() - logStreams![0]!.creationTime!;
}

async function isRecorded(logStreamName: string): Promise<boolean> {
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName: group(), logStreamName, startFromHead: true, limit: 1 }),
  );
  return events!.length > 0;
}

function group(): string | undefined {
  return process.env.RECORDS_LOG_GROUP;
}
