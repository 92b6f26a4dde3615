import { base32 } from '../gateway/key-ring';
import { mayAssume } from '../iam/assume-role';
import { AwsError, type AwsService, type Call, type Scope } from '../service';

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:.+\/)?([\w+=,.@-]+)$/;
const SESSION_ARN = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/;

/** Security Token Service: who calls, and keys of roles, for those whom the policies of both sides allow it. */
export class Sts implements AwsService {
  readonly operations = {
    GetCallerIdentity: (_input: object, call?: Call) => this.getCallerIdentity(call),
    AssumeRole: (input: any, call?: Call) => this.assumeRole(input, call),
    GetSessionToken: (input: any) => this.getSessionToken(input),
  };

  constructor(private readonly scope: Scope) {}

  private getCallerIdentity(call?: Call) {
    const { accountId } = this.scope;
    const Arn = call?.principalArn ?? `arn:aws:iam::${accountId}:root`;
    const [, , roleName, session] = SESSION_ARN.exec(Arn) ?? [];
    return { Account: accountId, Arn, UserId: roleName ? `${this.roleId(roleName)}:${session}` : accountId };
  }

  private assumeRole(input: any, call?: Call) {
    const { RoleArn, RoleSessionName, ExternalId, DurationSeconds = 3600 } = input;
    const [, accountId, roleName] = ROLE_ARN.exec(RoleArn ?? '') ?? [];
    if (!accountId) {
      throw new AwsError('ValidationError', `${RoleArn} is invalid: RoleArn must be the ARN of an IAM role.`);
    }
    if (!/^[\w+=,.@-]{2,64}$/.test(RoleSessionName ?? '')) {
      throw new AwsError(
        'ValidationError',
        `RoleSessionName is ${RoleSessionName}; allowed are 2 to 64 characters of a-z, A-Z, 0-9 and _+=,.@-.`,
      );
    }
    checkDuration(DurationSeconds, 900, 43_200);
    const owner = this.scope.at(accountId, this.scope.region);
    const role = owner.service('iam').roles.find(roleName!);
    const principal = call?.principalArn ?? `arn:aws:iam::${this.scope.accountId}:root`;
    if (!role || !mayAssume(this.scope, principal, role, { RoleSessionName, ExternalId })) {
      throw new AwsError(
        'AccessDenied',
        `User: ${principal} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
        403,
      );
    }
    const session = { sessionName: RoleSessionName, durationSeconds: DurationSeconds };
    return {
      Credentials: wireCredentials(owner.credentials(RoleArn, session)),
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${RoleSessionName}`,
        Arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${RoleSessionName}`,
      },
    };
  }

  private getSessionToken({ DurationSeconds = 43_200 }: { DurationSeconds?: number }) {
    checkDuration(DurationSeconds, 900, 129_600);
    const credentials = this.scope.credentials(undefined, { durationSeconds: DurationSeconds });
    return { Credentials: wireCredentials(credentials) };
  }

  private roleId(roleName: string): string {
    return this.scope.service('iam').findRole(roleName)?.RoleId ?? `AROA${base32(17)}`;
  }
}

function checkDuration(seconds: number, least: number, most: number): void {
  if (seconds >= least && seconds <= most) return;
  throw new AwsError('ValidationError', `DurationSeconds is ${seconds}; allowed is ${least} to ${most}.`);
}

function wireCredentials(keys: ReturnType<Scope['credentials']>) {
  return {
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey,
    SessionToken: keys.sessionToken,
    Expiration: keys.expiration,
  };
}
