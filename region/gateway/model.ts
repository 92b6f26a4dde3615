import type { ServiceName } from '../services';

/** A shape of the SDK's published model; read through `NormalizedSchema` of `@smithy/core/schema`. */
export type SchemaRef = any;

export interface OperationModel {
  readonly name: string;
  readonly input: SchemaRef;
  readonly output: SchemaRef;
  /** Present in REST protocols: method, path template with its fixed query, and status of a success. */
  readonly http?: readonly [method: string, uri: string, status: number];
}

/** What the model says of an error, by its shape's name or by the code it has on the wire. */
export interface ErrorModel {
  readonly shape: string;
  /** The code in query protocols, where it differs from the shape's name. */
  readonly queryCode: string;
  readonly status?: number;
  readonly fault: 'client' | 'server';
}

export type RestProtocolName = 'restXml' | 'restJson1';

/** Names and versions that the wire protocols put into messages. */
export interface ProtocolSettings {
  readonly defaultNamespace: string;
  readonly errorTypeRegistries: any[];
  readonly xmlNamespace: string;
  readonly version: string;
  readonly serviceTarget: string;
  readonly awsQueryCompatible?: boolean;
}

/** AWS's own model of one service, as its SDK package carries it. */
export interface ServiceModel {
  readonly service: ServiceName;
  readonly settings: ProtocolSettings;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** The protocol of requests that name their operation by method and path. */
  readonly restProtocol?: RestProtocolName;
  error(nameOrCode: string): ErrorModel | undefined;
}

// Which Node versions the SDK will support concerns whoever calls AWS with it; here it only lends its models.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** SDK packages are loaded when their service is first called: together they would cost a second of every start. */
const PACKAGES: Record<ServiceName, () => Record<string, any>> = {
  s3: () => require('@aws-sdk/client-s3'),
  sts: () => require('@aws-sdk/client-sts'),
  ssm: () => require('@aws-sdk/client-ssm'),
  ecr: () => require('@aws-sdk/client-ecr'),
  iam: () => require('@aws-sdk/client-iam'),
  kms: () => require('@aws-sdk/client-kms'),
  cloudformation: () => require('@aws-sdk/client-cloudformation'),
  codecommit: () => require('@aws-sdk/client-codecommit'),
  codebuild: () => require('@aws-sdk/client-codebuild'),
  codepipeline: () => require('@aws-sdk/client-codepipeline'),
  codedeploy: () => require('@aws-sdk/client-codedeploy'),
  autoscaling: () => require('@aws-sdk/client-auto-scaling'),
  ec2: () => require('@aws-sdk/client-ec2'),
  elasticloadbalancing: () => require('@aws-sdk/client-elastic-load-balancing-v2'),
  cloudwatch: () => require('@aws-sdk/client-cloudwatch'),
  logs: () => require('@aws-sdk/client-cloudwatch-logs'),
  lambda: () => require('@aws-sdk/client-lambda'),
  sns: () => require('@aws-sdk/client-sns'),
  events: () => require('@aws-sdk/client-eventbridge'),
  xray: () => require('@aws-sdk/client-xray'),
  inspector2: () => require('@aws-sdk/client-inspector2'),
};

/** Services whose name in a signature's credential scope is not their folder's name. */
const SIGNING_NAMES: Readonly<Record<string, ServiceName>> = { monitoring: 'cloudwatch' };

/** The service that a signature's credential scope names, if the region plays it. */
export function serviceOfSigningName(name: string): ServiceName | undefined {
  if (Object.hasOwn(SIGNING_NAMES, name)) return SIGNING_NAMES[name];
  return Object.hasOwn(PACKAGES, name) ? (name as ServiceName) : undefined;
}

const loaded = new Map<ServiceName, ServiceModel>();

export function serviceModel(service: ServiceName): ServiceModel {
  let model = loaded.get(service);
  if (!model) {
    model = readModel(service, PACKAGES[service]());
    loaded.set(service, model);
  }
  return model;
}

const OPERATION_SCHEMA = 9;

function readModel(service: ServiceName, sdk: Record<string, any>): ServiceModel {
  // The SDK warns of Node.js versions it will not run on one day; here it is only read.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const clientName = Object.keys(sdk).find((name) => name.endsWith('Client') && name !== '__Client')!;
  const { config } = new sdk[clientName]({ region: 'us-east-1' });
  const operations = new Map<string, OperationModel>();
  for (const [exported, schema] of Object.entries(sdk)) {
    if (!exported.endsWith('$') || schema[0] !== OPERATION_SCHEMA) continue;
    const [, , name, traits, input, output] = schema;
    operations.set(name, { name, input, output, http: traits?.http });
  }
  const shapeId: string = config.protocol.getShapeId();
  const rest = /#(restXml|restJson1)$/.exec(shapeId)?.[1] as RestProtocolName | undefined;
  const errors = readErrors(config.protocolSettings);
  return {
    service,
    settings: config.protocolSettings,
    operations,
    restProtocol: rest,
    error: (name) => errors.get(name),
  };
}

function readErrors(settings: ProtocolSettings): Map<string, ErrorModel> {
  const errors = new Map<string, ErrorModel>();
  for (const registry of settings.errorTypeRegistries) {
    for (const [, , shape, traits] of registry.schemas.values()) {
      const [queryCode, queryStatus] = traits?.awsQueryError ?? [shape, undefined];
      const fault = traits?.error === 'server' ? 'server' : 'client';
      const error: ErrorModel = { shape, queryCode, status: queryStatus ?? traits?.httpError, fault };
      errors.set(shape, error);
      if (!errors.has(queryCode)) errors.set(queryCode, error);
    }
  }
  return errors;
}
