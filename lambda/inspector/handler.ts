import {
  EnableCommand,
  type ErrorCode,
  Inspector2Client,
  type ResourceScanType,
} from '@aws-sdk/client-inspector2';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { provide } from '../custom-resource';

const inspector = new Inspector2Client();

/** What was to be reached has been, or will be without us. */
const HARMLESS: readonly (ErrorCode | undefined)[] = ['ALREADY_ENABLED', 'ENABLE_IN_PROGRESS'];

/**
 * Turns Inspector v2 on for its account and region. Deleted, it leaves Inspector as it is: it cannot know whether it was
 * on before, or whether others have come to rely on it.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const { RequestType, ResourceProperties } = event;
  await provide(event, 'inspector2', async () => {
    if (RequestType !== 'Delete') await enable(ResourceProperties['resourceTypes']);
  });
}

async function enable(resourceTypes: ResourceScanType[]): Promise<void> {
  const { failedAccounts = [] } = await inspector.send(new EnableCommand({ resourceTypes }));
  const failed = failedAccounts.find(({ errorCode }) => !HARMLESS.includes(errorCode));
  if (failed) throw new Error(`Inspector is not enabled in ${failed.accountId}: ${failed.errorMessage}`);
}
