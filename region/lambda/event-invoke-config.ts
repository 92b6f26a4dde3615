import type * as api from '@aws-sdk/client-lambda';
import { AwsError, type Operation } from '../service';
import type { Functions } from './functions';

/** What a function says of its asynchronous invocations. */
export type EventInvokeConfig = Pick<
  api.PutFunctionEventInvokeConfigCommandInput,
  'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'DestinationConfig'
>;

/** Services that the record of an invocation can be sent to. */
const DESTINATIONS = ['lambda', 'sns', 'events'];

/** Qualifiers are not told apart: a function has one configuration. */
export function eventInvokeConfigOperations(functions: Functions): Record<string, Operation> {
  const describe = (functionName: string) => {
    const { latest, eventInvokeConfig } = functions.get(functionName);
    if (!eventInvokeConfig) {
      throw new AwsError(
        'ResourceNotFoundException',
        `The function ${latest.arn} doesn't have an EventInvokeConfig`,
        404,
      );
    }
    return { FunctionArn: `${latest.arn}:$LATEST`, ...eventInvokeConfig };
  };
  return {
    PutFunctionEventInvokeConfig: (input: api.PutFunctionEventInvokeConfigCommandInput) => {
      const { FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
      const config = { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig };
      check(config);
      functions.get(FunctionName!).eventInvokeConfig = config;
      return describe(FunctionName!);
    },
    GetFunctionEventInvokeConfig: ({ FunctionName }: api.GetFunctionEventInvokeConfigCommandInput) =>
      describe(FunctionName!),
    DeleteFunctionEventInvokeConfig: ({ FunctionName }: api.DeleteFunctionEventInvokeConfigCommandInput) => {
      functions.get(FunctionName!).eventInvokeConfig = undefined;
    },
  };
}

function check(config: EventInvokeConfig): void {
  const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age, DestinationConfig } = config;
  if (retries !== undefined && ![0, 1, 2].includes(retries)) {
    fail(`MaximumRetryAttempts is ${retries}; allowed are 0, 1 and 2`);
  }
  if (age !== undefined && !(age >= 60 && age <= 21_600)) {
    fail(`MaximumEventAgeInSeconds is ${age}; allowed are 60 to 21600`);
  }
  for (const [key, destination] of Object.entries(DestinationConfig ?? {})) {
    const arn = destination?.Destination;
    if (arn && !DESTINATIONS.includes(serviceOf(arn))) {
      fail(`${key} is ${arn}; played here are functions, topics of SNS and event buses`);
    }
  }
}

/** The service that an ARN belongs to. */
export function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}

function fail(message: string): never {
  throw new AwsError('InvalidParameterValueException', message);
}
