import { randomUUID } from 'node:crypto';
import { physicalName } from '../../physical-name';
import type { ResourceContext, ResourceProvider, ResourceResult } from '../../service';
import { messageOf } from '../errors';
import { ResourceFailure, UpdateRefused } from '../stack/resource-failure';
import type { CustomResourceResponses } from './responses';
import { type CustomResourceRequest, send } from './service-token';

/** Seconds that CloudFormation waits unless the resource gives a ServiceTimeout. */
const LONGEST_WAIT = 3600;

interface Properties {
  readonly ServiceToken: string;
  /** Seconds. */
  readonly ServiceTimeout?: number | string;
  readonly [name: string]: unknown;
}

/** @see CloudFormation User Guide: Custom resource response reference */
interface Response {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly StackId?: string;
  readonly RequestId?: string;
  readonly LogicalResourceId?: string;
  readonly NoEcho?: boolean;
  readonly Data?: Readonly<Record<string, unknown>>;
}

type Asked = Pick<CustomResourceRequest, 'RequestType' | 'PhysicalResourceId' | 'OldResourceProperties'>;

/**
 * Custom resources, `Custom::…` among them: their provider, a function or whoever a topic reaches, is really asked and
 * its answer believed. Another physical id in the answer to an update is another resource: the old one is deleted in
 * the clean-up.
 * @see CloudFormation User Guide: Create custom provisioning logic with custom resources
 */
export function customResourceProvider(
  type: string,
  responses: CustomResourceResponses,
): ResourceProvider<Properties> {
  const ask = async (asked: Asked, properties: Properties, context: ResourceContext): Promise<Response> => {
    const { scope, stackId: StackId, logicalId: LogicalResourceId } = context;
    const RequestId = randomUUID();
    const timeout = Number(properties.ServiceTimeout ?? LONGEST_WAIT);
    const body = await responses.receive(timeout, RequestId, (ResponseURL) =>
      send(scope, {
        ...asked,
        ServiceToken: properties.ServiceToken,
        ResponseURL,
        StackId,
        RequestId,
        LogicalResourceId,
        ResourceType: type,
        ResourceProperties: texts(properties),
      }),
    );
    const response = parsed(body);
    const problem = responseProblem(response, { StackId, RequestId, LogicalResourceId });
    if (problem) throw new Error(`Invalid response from the custom resource: ${problem}`);
    if (response.Status === 'SUCCESS') return response;
    throw new ResourceFailure(
      `Received response status [FAILED] from custom resource. Message returned: ${response.Reason} (RequestId: ${RequestId})`,
      response.PhysicalResourceId,
    );
  };
  return {
    type,
    disposition: 'executed',
    properties: { '*': 'executed' },
    async create(properties, context) {
      try {
        return result(await ask({ RequestType: 'Create' }, properties, context));
      } catch (error) {
        // Whatever the provider has begun is deleted in the rollback, under a name made up if it gave none.
        const given = error instanceof ResourceFailure ? error.physicalId : undefined;
        throw new ResourceFailure(messageOf(error), given ?? physicalName(context, { maxLength: 255 }));
      }
    },
    async update(physicalId, properties, previous, context) {
      if (properties.ServiceToken !== previous.ServiceToken)
        throw new UpdateRefused('Modifying service token is not allowed.');
      const asked = { RequestType: 'Update', PhysicalResourceId: physicalId } as const;
      return result(await ask({ ...asked, OldResourceProperties: texts(previous) }, properties, context));
    },
    async delete(physicalId, properties, context) {
      await ask({ RequestType: 'Delete', PhysicalResourceId: physicalId }, properties, context);
    },
  };
}

function result({ PhysicalResourceId, Data = {}, NoEcho }: Response): ResourceResult {
  return { physicalId: PhysicalResourceId!, attributes: Data, noEcho: String(NoEcho) === 'true' };
}

function parsed(body: string): Response {
  try {
    return Object(JSON.parse(body));
  } catch {
    throw new Error('Invalid response from the custom resource: it is not JSON');
  }
}

function responseProblem(
  response: Response,
  asked: Pick<CustomResourceRequest, 'StackId' | 'RequestId' | 'LogicalResourceId'>,
): string | undefined {
  const { Status, Reason, PhysicalResourceId } = response;
  if (Status !== 'SUCCESS' && Status !== 'FAILED')
    return `Status is ${Status}; allowed are SUCCESS and FAILED`;
  for (const key of ['StackId', 'RequestId', 'LogicalResourceId'] as const)
    if (response[key] !== asked[key]) return `${key} is ${response[key]}; it has to be that of the request`;
  if (Status === 'FAILED' && !Reason) return 'Reason is missing, which a failure needs';
  if (Status === 'SUCCESS' && !PhysicalResourceId) return 'PhysicalResourceId is missing';
  return undefined;
}

/** CloudFormation hands properties on as text, numbers and booleans too. */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, texts(item)]));
  return value === null ? value : String(value);
}
