import type { Scope } from '../service';
import { serviceOf } from './event-invoke-config';
import type { Outcome } from './execution-environment';
import type { LambdaFunction } from './functions';

/** AWS time before the first and the second retry of a function that failed. */
const RETRY_DELAYS = [60_000, 120_000];
/** AWS time before the first return to a function that was throttled; it doubles up to the longest. */
const SHORTEST_BACK_OFF = 1000;
const LONGEST_BACK_OFF = 5 * 60_000;
/** How old an event may become, seconds of AWS time, unless the function says otherwise. */
const MAXIMUM_AGE = 6 * 3600;

/** Why Lambda gives an event up, as the record of the invocation names it; `Success` when it does not. */
type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

/**
 * An event that nobody waits for. A function that fails is tried again twice; one that has no concurrency to spare, until
 * the event is too old. What came of it goes to the function's destinations.
 *
 * @see Lambda Developer Guide: How Lambda handles errors and retries with asynchronous invocation
 */
export class AsynchronousInvocation {
  private readonly accepted: number;
  private attempts = 0;
  private throttled = 0;
  private last?: Outcome;

  /** @param attempt runs the function; resolves with `undefined` when it is throttled */
  constructor(
    private readonly scope: Scope,
    private readonly found: LambdaFunction,
    private readonly requestId: string,
    private readonly payload: string,
    private readonly attempt: () => Promise<Outcome | undefined>,
    private readonly stopped: AbortSignal,
  ) {
    this.accepted = scope.clock.now();
  }

  async deliver(): Promise<void> {
    this.measure('AsyncEventsReceived');
    for (;;) {
      const outcome = await this.attempt();
      if (outcome) this.last = outcome;
      if (outcome && !outcome.error) return this.end('Success');
      const delay = outcome ? this.retryDelay() : this.backOff();
      if (delay === undefined) return this.end('RetriesExhausted');
      await this.scope.clock.sleep(Math.min(delay, this.timeLeft), this.stopped);
      if (this.timeLeft <= 0) return this.end('EventAgeExceeded');
    }
  }

  private get timeLeft(): number {
    const { MaximumEventAgeInSeconds = MAXIMUM_AGE } = this.found.eventInvokeConfig ?? {};
    return this.accepted + MaximumEventAgeInSeconds * 1000 - this.scope.clock.now();
  }

  private retryDelay(): number | undefined {
    const { MaximumRetryAttempts = RETRY_DELAYS.length } = this.found.eventInvokeConfig ?? {};
    const retry = this.attempts++;
    return retry < MaximumRetryAttempts ? RETRY_DELAYS[retry] : undefined;
  }

  /** A function whose concurrency is none is not waited for. */
  private backOff(): number | undefined {
    if (this.found.reservedConcurrency === 0) return undefined;
    if (this.throttled === 0) {
      const { requestId, found } = this;
      this.scope.journal.append({
        source: 'lambda',
        type: 'AsynchronousInvocationThrottled',
        subject: found.name,
        message: `Function ${found.name} has no concurrency to spare; the event waits`,
        detail: { requestId, reservedConcurrency: found.reservedConcurrency },
      });
    }
    return Math.min(SHORTEST_BACK_OFF * 2 ** this.throttled++, LONGEST_BACK_OFF);
  }

  private async end(condition: Condition): Promise<void> {
    const { found, requestId, payload, last, attempts } = this;
    const { OnSuccess, OnFailure } = found.eventInvokeConfig?.DestinationConfig ?? {};
    const destination = (condition === 'Success' ? OnSuccess : OnFailure)?.Destination;
    if (destination) await this.send(destination, condition);
    if (condition === 'Success') return;

    const deadLetters = found.latest.settings.DeadLetterConfig?.TargetArn;
    if (deadLetters) await this.bury(deadLetters);
    if (!destination && !deadLetters) this.measure('AsyncEventsDropped');
    const why = last?.error ? `failed in ${attempts} of its attempts` : 'was throttled in all attempts';
    const to = [destination, deadLetters].filter(Boolean).join(' and ');
    this.scope.journal.append({
      source: 'lambda',
      type: 'AsynchronousInvocationFailed',
      subject: found.name,
      message: `Function ${found.name} ${why} (${condition}); the event ${to ? `goes to ${to}` : 'is dropped'}`,
      detail: { requestId, event: payload, condition, destination, deadLetters },
    });
  }

  /** Sends the record of the invocation to a destination. */
  private async send(destination: string, condition: Condition): Promise<void> {
    const record = JSON.stringify(this.record(condition));
    const result = condition === 'Success' ? 'Success' : 'Failure';
    switch (serviceOf(destination)) {
      case 'lambda':
        await this.call('lambda', 'Invoke', {
          FunctionName: destination,
          InvocationType: 'Event',
          Payload: Buffer.from(record),
        });
        break;
      case 'sns':
        await this.call('sns', 'Publish', { TopicArn: destination, Message: record });
        break;
      case 'events': {
        const Entry = {
          Source: 'lambda',
          DetailType: `Lambda Function Invocation Result - ${result}`,
          Detail: record,
          Resources: [this.found.latest.arn],
          EventBusName: destination.split('/').pop(),
        };
        await this.call('events', 'PutEvents', { Entries: [Entry] });
      }
    }
  }

  private record(condition: Condition): object {
    const { found, requestId, payload, last } = this;
    return {
      version: '1.0',
      timestamp: new Date(this.scope.clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${found.latest.arn}:$LATEST`,
        condition,
        approximateInvokeCount: condition === 'Success' ? this.attempts + 1 : this.attempts,
      },
      requestPayload: JSON.parse(payload),
      ...(last && {
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          ...(last.error && { functionError: 'Unhandled' }),
        },
        responsePayload: JSON.parse(last.payload),
      }),
    };
  }

  /** Publishes the event to a dead-letter topic; queues of SQS are not played. */
  private async bury(target: string): Promise<void> {
    if (serviceOf(target) !== 'sns') return;
    const attribute = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });
    await this.call('sns', 'Publish', {
      TopicArn: target,
      Message: this.payload,
      MessageAttributes: {
        RequestID: attribute(this.requestId),
        ErrorCode: attribute(this.last ? '200' : '429', 'Number'),
        ErrorMessage: attribute(this.last?.error?.errorMessage.slice(0, 1024) || 'Rate Exceeded.'),
      },
    });
  }

  /** What cannot be delivered is counted, and told in the journal. */
  private async call(service: 'lambda' | 'sns' | 'events', operation: string, input: object): Promise<void> {
    try {
      await this.scope.service(service).operations[operation]!(input);
    } catch (error) {
      this.measure('DestinationDeliveryFailures');
      this.scope.journal.append({
        source: 'lambda',
        type: 'DestinationDeliveryFailed',
        subject: this.found.name,
        message: `What came of function ${this.found.name} could not be sent on: ${(error as Error).message}`,
        detail: { requestId: this.requestId },
      });
    }
  }

  private measure(metricName: string): void {
    const dimensions = { FunctionName: this.found.name };
    this.scope
      .service('cloudwatch')
      .record({ namespace: 'AWS/Lambda', metricName, dimensions, value: 1, unit: 'Count' });
  }
}
