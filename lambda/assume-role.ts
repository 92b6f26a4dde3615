import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/**
 * Credentials of a role, of another account perhaps, for a client of the SDK.
 *
 * @param RoleSessionName who asks, for CloudTrail
 */
export async function assumeRole(RoleArn: string, RoleSessionName: string) {
  const { Credentials } = await new STSClient().send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken,
    expiration: Credentials!.Expiration, // a client asks again in time
  };
}
