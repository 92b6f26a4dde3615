import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/** Where something is. */
export interface Place {
  /** @default - the function's own */
  readonly region?: string;
  /**
   * Role to reach it with, in its account.
   * @default - the function's own role
   */
  readonly roleArn?: string;
}

/**
 * What configures a client of the SDK for a place.
 *
 * @param who asks, for CloudTrail
 */
export async function reach({ region, roleArn }: Place, who: string) {
  return { region, credentials: roleArn ? await assumeRole(roleArn, who) : undefined };
}

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
