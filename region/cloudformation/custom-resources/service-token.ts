import { AwsError, type Scope } from '../../service';

/** What a custom resource's provider is told. @see CloudFormation User Guide: Custom resource request reference */
export interface CustomResourceRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ServiceToken: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  /** Of an update and a deletion. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: unknown;
  /** Of an update. */
  readonly OldResourceProperties?: unknown;
}

/**
 * Sends a request to the function or topic behind a service token, which answers later.
 * @throws AwsError when nothing can be sent
 */
export async function send(scope: Scope, request: CustomResourceRequest): Promise<void> {
  const { ServiceToken: token } = request;
  const [arn, , service, region = '', accountId = ''] = token.split(':');
  const kind = arn === 'arn' ? service : undefined;
  if (kind !== 'lambda' && kind !== 'sns')
    throw new AwsError('ValidationError', `Invalid service token: ${token} is no function and no topic`);
  if (region !== scope.region)
    throw new AwsError(
      'ValidationError',
      `Invalid service token: ${token} is not in ${scope.region}, the region of its stack`,
    );
  const place = scope.at(accountId, region);
  const message = JSON.stringify(request);
  if (kind === 'lambda')
    await place.service('lambda').operations.Invoke!({
      FunctionName: token,
      InvocationType: 'Event',
      Payload: Buffer.from(message),
    });
  else
    await place.service('sns').operations.Publish!({
      TopicArn: token,
      Subject: 'AWS CloudFormation custom resource request',
      Message: message,
    });
}
