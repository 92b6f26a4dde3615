import type { Clock } from './clock/clock';
import type { Journal } from './journal/journal';
import type { Ledger, PropertyDispositions } from './ledger/ledger';
import type { Services } from './services';

/** Who calls, and what for: given to every operation. */
export interface Call {
  /** ARN of the caller: the region's own user, or an assumed role. */
  readonly principalArn: string;
  readonly requestId: string;
}

/**
 * One operation of an AWS API, in the shapes of the service's own SDK (`CreateDeploymentCommandInput` in,
 * `CreateDeploymentCommandOutput` without `$metadata` out). Services inside the region call each other's operations
 * directly; clients outside reach the same functions through the gateway.
 */
export type Operation = (input: any, call?: Call) => unknown;

/** One played AWS service in one account and region. */
export interface AwsService {
  readonly operations: Readonly<Record<string, Operation>>;
  /** The CloudFormation resource types that this service plays. */
  readonly resources?: readonly ResourceProvider[];
  /** Ends timers, sockets and child processes. */
  stop?(): Promise<void>;
}

/** The account and region that a service is played in, and the way to everything around it. */
export interface Scope {
  readonly accountId: string;
  /** AWS region name, `us-east-1`. */
  readonly region: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly ledger: Ledger;
  /** The gateway's URL, `http://127.0.0.1:4510`, for clients outside this process. */
  readonly endpoint: string;
  /** The service of that name in this account and region, made on first use. */
  service<Name extends keyof Services>(name: Name): Services[Name];
  /** Another account and region. */
  at(accountId: string, region: string): Scope;
  /** Every account and region in use so far. */
  all(): Scope[];
  /** An existing folder of this account, region and the named service, for files. */
  folder(service: string): string;
  /** Short-lived keys of a role (or of the root user when no role is given). */
  credentials(roleArn?: string, session?: SessionOptions): Credentials;
  /** Standard environment variables that point any AWS client at this scope with those keys, and at nothing else. */
  environment(roleArn?: string, session?: SessionOptions): Record<string, string>;
}

export interface SessionOptions {
  /** Name of the assumed role's session. @default 'tidegate' */
  readonly sessionName?: string;
  /** Wall time. @default 43200, twelve hours, for a role; a year for the account's root user */
  readonly durationSeconds?: number;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** An error that a client receives as the service's own: its code and message on the wire. */
export class AwsError extends Error {
  constructor(
    /** The error's shape name or code, `DeploymentDoesNotExistException`. */
    readonly code: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
    this.name = code;
  }
}

/** Plays one CloudFormation resource type. */
export interface ResourceProvider<Properties = any> {
  /** `AWS::CodeDeploy::Application`. */
  readonly type: string;
  /** What the region does with the resource as a whole. */
  readonly disposition: 'executed' | 'modelled' | 'recorded';
  /** What it does with each property; a property that is not listed is refused when a change set is created. */
  readonly properties: PropertyDispositions;
  create(properties: Properties, context: ResourceContext): Promise<ResourceResult>;
  /** Changes the resource in place. CloudFormation decides update against replacement from the published schema. */
  update(
    physicalId: string,
    properties: Properties,
    previous: Properties,
    context: ResourceContext,
  ): Promise<ResourceResult>;
  /** Succeeds when the resource is already gone. */
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}

export interface ResourceContext {
  readonly scope: Scope;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  /** Tags of the stack, to be put on what is created. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface ResourceResult {
  /** What `Ref` returns and what CloudFormation calls the physical resource id. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` returns, by attribute name. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Whether the attributes are masked wherever the stack shows them. @default false */
  readonly noEcho?: boolean;
}
