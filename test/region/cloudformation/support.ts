import { CloudFormation } from '../../../region/cloudformation/cloudformation';
import type { ResourceProvider, Scope } from '../../../region/service';
import { AwsError } from '../../../region/service';
import { SERVICES } from '../../../region/services';
import { type TestScope, testScope } from '../../support/scope';

/** A call that a fake provider got, `create Topic`. */
export interface FakeProviders {
  readonly providers: ResourceProvider[];
  readonly calls: string[];
  /** Physical ids that exist now. */
  readonly living: Set<string>;
  /** Logical ids whose next operation of that name fails, `update Topic`. */
  readonly failing: Set<string>;
  /** Calls that wait until they are let go, `create Topic`. */
  readonly held: Map<string, Promise<void>>;
}

/** Providers for a few published types that keep what they were told. */
export function fakeProviders(
  types = ['AWS::SNS::Topic', 'AWS::SSM::Parameter', 'AWS::SQS::Queue'],
): FakeProviders {
  const [calls, living, failing, held] = [[] as string[], new Set<string>(), new Set<string>(), new Map()];
  let made = 0;
  const begin = async (call: string) => {
    calls.push(call);
    await held.get(call);
    if (failing.delete(call)) throw new AwsError('InvalidParameterException', `${call} was refused`);
  };
  const attributes = (id: string, properties: any) => ({
    TopicArn: `arn:${id}`,
    Arn: `arn:${id}`,
    Value: properties.Value,
  });
  const providers = types.map(
    (type): ResourceProvider => ({
      type,
      disposition: 'modelled',
      properties: { '*': 'recorded', TopicName: 'modelled', KmsMasterKeyId: 'refused' },
      create: async (properties, { logicalId }) => {
        await begin(`create ${logicalId}`);
        const physicalId = `${logicalId}-${++made}`;
        living.add(physicalId);
        return { physicalId, attributes: attributes(physicalId, properties) };
      },
      update: async (physicalId, properties, _previous, { logicalId }) => {
        await begin(`update ${logicalId}`);
        return { physicalId, attributes: attributes(physicalId, properties) };
      },
      delete: async (physicalId, _properties, { logicalId }) => {
        await begin(`delete ${logicalId}`);
        living.delete(physicalId);
      },
    }),
  );
  return { providers, calls, living, failing, held };
}

/** CloudFormation among services that do nothing but bring the given providers. */
export function cloudFormationWith(
  { providers }: Pick<FakeProviders, 'providers'>,
  {
    parameters = {},
    objects = {},
  }: { parameters?: Record<string, string>; objects?: Record<string, string> } = {},
): { scope: TestScope; cloudFormation: CloudFormation; call: (name: string, input: any) => Promise<any> } {
  const silent = Object.fromEntries(
    Object.keys(SERVICES).map((name) => [name, { operations: {}, emit: () => {}, resources: [] }]),
  );
  const scope = testScope({
    ...silent,
    sns: { operations: {}, resources: providers },
    s3: {
      operations: {},
      read: async (bucket: string, key: string) => {
        const body = objects[`${bucket}/${key}`];
        if (body === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
        return Buffer.from(body);
      },
    },
    ssm: {
      operations: {
        GetParameter: async ({ Name }: { Name: string }) => {
          if (!(Name in parameters)) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
          return { Parameter: { Name, Value: parameters[Name] } };
        },
      },
    },
  } as Parameters<typeof testScope>[0]);
  const cloudFormation = new CloudFormation(scope as Scope);
  const services = scope.service;
  scope.service = ((name: string) =>
    name === 'cloudformation' ? cloudFormation : services(name as any)) as any;
  return {
    scope,
    cloudFormation,
    call: async (name, input) => cloudFormation.operations[name](input),
  };
}
