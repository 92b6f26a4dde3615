import fs from 'node:fs';
import path from 'node:path';
import { AwsError, type Scope } from '../service';
import { ExecutionEnvironment, type Outcome } from './execution-environment';
import type { FunctionSettings } from './function-settings';

/** An unpacked deployment package. */
export interface Code {
  readonly folder: string;
  readonly sha256: string;
  /** Bytes of the archive. */
  readonly size: number;
}

/** The code and configuration of a function at one version, and the environments that run it. */
export class FunctionVersion {
  private readonly idle: ExecutionEnvironment[] = [];
  private readonly busy = new Set<ExecutionEnvironment>();
  private retired = false;

  constructor(
    private readonly scope: Scope,
    readonly name: string,
    /** `$LATEST`, or a number. */
    readonly version: string,
    readonly settings: FunctionSettings,
    readonly code: Code,
    /** AWS time. */
    readonly modified: number,
    readonly description?: string,
  ) {}

  get arn(): string {
    const { region, accountId } = this.scope;
    const qualifier = this.version === '$LATEST' ? '' : `:${this.version}`;
    return `arn:aws:lambda:${region}:${accountId}:function:${this.name}${qualifier}`;
  }

  get running(): number {
    return this.busy.size;
  }

  /** Runs the handler in an environment that is free, or in a new one. */
  async invoke(requestId: string, payload: string, invokedArn: string): Promise<Outcome> {
    let environment = this.idle.pop();
    while (environment && !environment.usable) environment = this.idle.pop();
    const cold = !environment;
    environment ??= new ExecutionEnvironment(this.scope, this.environmentOptions());
    this.busy.add(environment);
    try {
      if (cold) await environment.start();
      return await environment.invoke(requestId, payload, invokedArn);
    } finally {
      this.busy.delete(environment);
      if (this.retired || !environment.usable) environment.end();
      else this.idle.push(environment);
    }
  }

  /** Lets running invocations finish and ends their environments then; idle ones end now. */
  retire(): void {
    this.retired = true;
    for (const environment of this.idle.splice(0)) environment.end();
  }

  async stop(): Promise<void> {
    this.retired = true;
    await Promise.all([...this.idle.splice(0), ...this.busy].map((environment) => environment.stop()));
  }

  private environmentOptions() {
    const { name, version, settings, code, scope } = this;
    const logGroup = settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
    const variables = {
      PATH: process.env['PATH'] ?? '',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      NODE_PATH: [runtimeModules(scope), code.folder].join(':'),
      ...settings.Environment?.Variables,
      ...scope.environment(settings.Role, { sessionName: name }),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: `AWS_Lambda_${settings.Runtime}`,
      LAMBDA_TASK_ROOT: code.folder,
      _HANDLER: settings.Handler,
    };
    return {
      functionName: name,
      version,
      arn: this.arn,
      handler: settings.Handler,
      memorySize: settings.MemorySize,
      timeout: settings.Timeout,
      taskRoot: code.folder,
      temporary: scope.folder('lambda'),
      logGroup,
      variables,
    };
  }
}

/**
 * What Lambda's Node.js runtimes bring: the AWS SDK for JavaScript v3. Here it is this project's own, as far as it is
 * installed; a client that is not fails as a module that was not found. CommonJS finds the folder by NODE_PATH, ES
 * modules because it stands above the functions' folders.
 */
function runtimeModules(scope: Scope): string {
  const folder = path.join(scope.folder('lambda'), 'node_modules');
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(folder, { recursive: true });
  for (const vendor of ['@aws-sdk', '@smithy']) {
    const installed = path.join(__dirname, '../../node_modules', vendor);
    if (fs.existsSync(installed)) fs.symlinkSync(installed, path.join(folder, vendor));
  }
  return folder;
}

/** @throws AwsError InvalidParameterValueException for the runtimes that this machine has no engine for */
export function checkRuntime(runtime: string | undefined): void {
  if (/^nodejs\d+\.x$/.test(runtime ?? '')) return;
  throw new AwsError(
    'InvalidParameterValueException',
    `Runtime is ${runtime}; nodejs*.x is played here, with this machine's Node.js ${process.version}`,
  );
}
