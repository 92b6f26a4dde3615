import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';

/**
 * Does the work of a custom resource and tells CloudFormation how it ended. Without an answer a stack would wait for an
 * hour; an answer that does not arrive fails the invocation, which Lambda then tries again.
 *
 * @param physicalId of a new resource
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export async function provide(
  event: CloudFormationCustomResourceEvent,
  physicalId: string,
  work: () => Promise<void>,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const PhysicalResourceId = 'PhysicalResourceId' in event ? event.PhysicalResourceId : physicalId;
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId };
  const failure = await work().then(
    () => undefined,
    (error: Error) => error,
  );
  if (failure) console.error(failure);
  await put(event.ResponseURL, {
    ...answer,
    ...(failure ? { Status: 'FAILED', Reason: failure.message } : { Status: 'SUCCESS' }),
  });
}

async function put(url: string, answer: CloudFormationCustomResourceResponse): Promise<void> {
  // As bytes: text would bring a content type, which the signature of the URL does not have.
  const response = await fetch(url, { method: 'PUT', body: Buffer.from(JSON.stringify(answer)) });
  if (!response.ok) throw new Error(`CloudFormation took no answer: ${response.status}`);
}
