import type { CreateChangeSetInput } from '@aws-sdk/client-cloudformation';
import { AwsError, type Call, type Scope } from '../../service';
import { validationError } from '../errors';
import { checkCapabilities } from '../template/capabilities';
import { resolveParameters } from '../template/parameters';
import { ResolvedTemplate, type StackIdentity } from '../template/resolved-template';
import { parseTemplate, type Template } from '../template/template';
import type { Exports } from './exports';
import type { Stack, StackSettings } from './stack';

/** What CreateStack, UpdateStack and CreateChangeSet have in common. */
export type StackRequest = Pick<
  CreateChangeSetInput,
  | 'TemplateBody'
  | 'TemplateURL'
  | 'UsePreviousTemplate'
  | 'Parameters'
  | 'Capabilities'
  | 'Tags'
  | 'RoleARN'
  | 'NotificationARNs'
  | 'RollbackConfiguration'
  | 'DeploymentConfig'
> & { readonly DisableRollback?: boolean };

const LONGEST_BODY = 51_200;
const LONGEST_OBJECT = 1_000_000;

/** Reads a request for a stack and checks its template. @throws ValidationError, InsufficientCapabilitiesException */
export async function settingsOf(
  request: StackRequest,
  stack: Stack,
  scope: Scope,
  exports: Exports,
): Promise<StackSettings> {
  const previous = stack.settings;
  const body = await templateBody(request, scope, previous?.template.body);
  const template = parseTemplate(body);
  checkCapabilities(template, request.Capabilities ?? []);
  checkTypesKept(template, stack);
  const parameters = await resolveParameters(
    template,
    request.Parameters ?? [],
    previous?.template.parameters ?? new Map(),
    scope,
  );
  const notificationArns = request.NotificationARNs ?? previous?.notificationArns ?? [];
  const identity: StackIdentity = { stackId: stack.stackId, stackName: stack.stackName, notificationArns };
  return {
    template: new ResolvedTemplate(template, body, parameters, identity, scope, (name) =>
      exports.value(name),
    ),
    tags: request.Tags ?? previous?.tags ?? [],
    capabilities: request.Capabilities ?? [],
    notificationArns,
    roleArn: request.RoleARN ?? previous?.roleArn,
    rollbackConfiguration: request.RollbackConfiguration ?? previous?.rollbackConfiguration,
    disableRollback: request.DisableRollback ?? false,
    deploymentConfig: request.DeploymentConfig,
  };
}

/**
 * Refuses a client's template that is too long for a request. Services inside the region hand over in the request what
 * they would have CloudFormation read from S3.
 */
export function withinLimits<Request extends StackRequest>(request: Request, call?: Call): Request {
  if (call && Buffer.byteLength(request.TemplateBody ?? '') > LONGEST_BODY) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_BODY}`,
    );
  }
  return request;
}

/** The template's text, from the request, from S3, or the one deployed. */
export async function templateBody(
  { TemplateBody, TemplateURL, UsePreviousTemplate }: StackRequest,
  scope: Scope,
  previous?: string,
): Promise<string> {
  if (TemplateBody !== undefined) return TemplateBody;
  if (TemplateURL !== undefined) return readUrl(TemplateURL, scope);
  if (UsePreviousTemplate && previous !== undefined) return previous;
  throw validationError('Either Template URL or Template Body must be specified.');
}

/** Path style as the CDK CLI writes it (`https://s3.us-east-1.amazonaws.com/bucket/key`), or virtual-hosted style. */
async function readUrl(templateUrl: string, scope: Scope): Promise<string> {
  const url = URL.canParse(templateUrl) ? new URL(templateUrl) : undefined;
  if (!url)
    throw validationError(`S3 error: Domain name specified in ${templateUrl} is not a valid S3 domain`);
  const virtual = /^(.+)\.s3[.-][a-z0-9-.]*amazonaws\.com(\.cn)?$/.exec(url.hostname)?.[1];
  const path = decodeURIComponent(url.pathname.slice(1));
  const slash = path.indexOf('/');
  const [bucket, key] = virtual ? [virtual, path] : [path.slice(0, slash), path.slice(slash + 1)];
  try {
    const body = await scope.service('s3').read(bucket, key, url.searchParams.get('versionId') ?? undefined);
    if (body.length > LONGEST_OBJECT) {
      throw validationError(
        `Template may not exceed ${LONGEST_OBJECT} bytes in size; ${templateUrl} has ${body.length}`,
      );
    }
    return body.toString('utf8');
  } catch (error) {
    if (error instanceof AwsError && error.code !== 'ValidationError') {
      throw validationError(`S3 error: ${error.message} (${templateUrl})`);
    }
    throw error;
  }
}

function checkTypesKept(template: Template, stack: Stack): void {
  const changed = [...stack.resources.values()].filter(({ logicalId, type }) => {
    const declared = template.Resources[logicalId]?.Type;
    return declared !== undefined && declared !== type;
  });
  if (changed.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.map(({ logicalId }) => logicalId).join(', ')}]`,
    );
  }
}
