import type { CreateFunctionCommandInput, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { AwsError } from '../service';

/** What UpdateFunctionConfiguration can change, with Lambda's defaults filled in. */
export type FunctionSettings = Pick<
  CreateFunctionCommandInput,
  | 'Description'
  | 'Environment'
  | 'Architectures'
  | 'VpcConfig'
  | 'DeadLetterConfig'
  | 'TracingConfig'
  | 'EphemeralStorage'
  | 'LoggingConfig'
  | 'KMSKeyArn'
> & {
  readonly Runtime: NonNullable<FunctionConfiguration['Runtime']>;
  readonly Handler: string;
  readonly Role: string;
  readonly Timeout: number;
  readonly MemorySize: number;
};

const KEYS = [
  ...['Description', 'Environment', 'Architectures', 'VpcConfig', 'DeadLetterConfig', 'TracingConfig'],
  ...[
    'EphemeralStorage',
    'LoggingConfig',
    'KMSKeyArn',
    'Runtime',
    'Handler',
    'Role',
    'Timeout',
    'MemorySize',
  ],
] as const;

/** Environment variables that Lambda sets itself. @see Lambda Developer Guide: Defined runtime environment variables */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_|INITIALIZATION_TYPE|LOG_|RUNTIME_API).*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

/** @throws AwsError InvalidParameterValueException with the key, what was found and what is allowed */
export function settingsOf(
  input: Partial<CreateFunctionCommandInput>,
  previous?: FunctionSettings,
): FunctionSettings {
  const given = Object.fromEntries(
    KEYS.filter((key) => (input as any)[key] !== undefined).map((key) => [key, (input as any)[key]]),
  );
  const settings = { Timeout: 3, MemorySize: 128, ...previous, ...given } as FunctionSettings;
  for (const key of ['Handler', 'Role'] as const) if (!settings[key]) fail(`${key} is missing`);
  if (!(settings.Timeout >= 1 && settings.Timeout <= 900)) {
    fail(`Timeout is ${settings.Timeout}; allowed are 1 to 900 seconds`);
  }
  if (!(settings.MemorySize >= 128 && settings.MemorySize <= 10_240)) {
    fail(`MemorySize is ${settings.MemorySize}; allowed are 128 to 10240 MB`);
  }
  if ((input.Layers ?? []).length > 0) fail('Layers are not played here; bundle what the function needs');
  const reserved = Object.keys(settings.Environment?.Variables ?? {}).filter((name) => RESERVED.test(name));
  if (reserved.length > 0) {
    fail(
      'Lambda was unable to configure your environment variables because the environment variables you have provided ' +
        `contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  return settings;
}

function fail(message: string): never {
  throw new AwsError('InvalidParameterValueException', message);
}
