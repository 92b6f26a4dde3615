import { randomUUID } from 'node:crypto';
import type { InvokeCommandInput } from '@aws-sdk/client-lambda';
import { AwsError, type Scope } from '../service';
import { AsynchronousInvocation } from './asynchronous-invocation';
import type { Outcome } from './execution-environment';
import type { FunctionVersion } from './function-version';
import type { Functions, LambdaFunction } from './functions';

const THROTTLED = 'TooManyRequestsException';

/** Runs functions for callers that wait and for those that do not. */
export class Invocations {
  private readonly stopped = new AbortController();

  constructor(
    private readonly scope: Scope,
    private readonly functions: Functions,
  ) {}

  async invoke(input: InvokeCommandInput) {
    const found = this.functions.get(input.FunctionName!);
    const version = this.functions.version(input.FunctionName!, input.Qualifier);
    const payload = textOf(input.Payload);
    const type = input.InvocationType ?? 'RequestResponse';
    if (type === 'DryRun') return { StatusCode: 204 };
    if (type === 'Event') {
      this.begin(found, version, payload);
      return { StatusCode: 202 };
    }
    const outcome = await this.run(found, version, payload, randomUUID());
    return {
      StatusCode: 200,
      ExecutedVersion: version.version,
      Payload: Buffer.from(outcome.payload),
      ...(outcome.error && { FunctionError: 'Unhandled' }),
      ...(input.LogType === 'Tail' && { LogResult: outcome.logTail }),
    };
  }

  stop(): void {
    this.stopped.abort(new Error('the region stops'));
  }

  private begin(found: LambdaFunction, version: FunctionVersion, payload: string): void {
    const requestId = randomUUID();
    const attempt = () =>
      this.run(found, version, payload, requestId).catch((error: Error) => {
        if (error.name === THROTTLED) return undefined;
        throw error;
      });
    const { scope } = this;
    const { signal } = this.stopped;
    const invocation = new AsynchronousInvocation(scope, found, requestId, payload, attempt, signal);
    void invocation.deliver().catch(() => {}); // the region stops
  }

  private async run(
    found: LambdaFunction,
    version: FunctionVersion,
    payload: string,
    requestId: string,
  ): Promise<Outcome> {
    if (this.stopped.signal.aborted) throw new AwsError('ServiceException', 'The region has stopped', 500);
    const { reservedConcurrency } = found;
    if (reservedConcurrency !== undefined && version.running >= reservedConcurrency) {
      this.measure(found.name, 'Throttles', 1, 'Count');
      throw new AwsError(THROTTLED, 'Rate Exceeded.', 429);
    }
    const outcome = await version.invoke(requestId, payload, version.arn);
    const { error, duration, initDuration } = outcome;
    this.measure(found.name, 'Invocations', 1, 'Count');
    this.measure(found.name, 'Errors', error ? 1 : 0, 'Count');
    this.measure(found.name, 'Duration', duration, 'Milliseconds');
    if (!this.stopped.signal.aborted) {
      const start = initDuration === undefined ? 'warm' : `cold start, ${Math.round(initDuration)} ms`;
      this.scope.journal.append({
        source: 'lambda',
        type: error ? 'InvocationFailed' : 'Invocation',
        subject: found.name,
        message: error
          ? `Function ${found.name} failed: ${error.errorType}: ${error.errorMessage}`
          : `Function ${found.name} ran for ${Math.round(duration)} ms (${start}, Node.js ${process.version})`,
        detail: { requestId, version: version.version, duration, initDuration, node: process.version, error },
      });
    }
    return outcome;
  }

  private measure(functionName: string, metricName: string, value: number, unit: string): void {
    const dimensions = { FunctionName: functionName };
    this.scope.service('cloudwatch').record({ namespace: 'AWS/Lambda', metricName, dimensions, value, unit });
  }
}

function textOf(payload: InvokeCommandInput['Payload']): string {
  const text =
    !payload || (payload as Uint8Array).length === 0 ? '{}' : Buffer.from(payload as Uint8Array).toString();
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
  return text;
}
