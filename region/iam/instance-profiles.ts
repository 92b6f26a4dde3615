import { base32 } from '../gateway/key-ring';
import { AwsError, type Operation, type Scope } from '../service';
import type { Principals } from './principals';

interface InstanceProfile {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly created: Date;
  /** Name of its role: there can be one. */
  role?: string;
}

/** Instance profiles: how a role reaches an instance. */
export class InstanceProfiles {
  private readonly all = new Map<string, InstanceProfile>();

  constructor(
    private readonly scope: Scope,
    private readonly roles: Principals,
  ) {}

  create(name: string, path = '/'): InstanceProfile {
    if (this.all.has(name)) {
      throw new AwsError('EntityAlreadyExists', `Instance Profile ${name} already exists.`, 409);
    }
    const profile: InstanceProfile = {
      name,
      id: `AIPA${base32(17)}`,
      arn: `arn:aws:iam::${this.scope.accountId}:instance-profile${path}${name}`,
      path,
      created: new Date(this.scope.clock.now()),
    };
    this.all.set(name, profile);
    return profile;
  }

  find(name: string): InstanceProfile | undefined {
    return this.all.get(name);
  }

  get(name: string): InstanceProfile {
    const profile = this.all.get(name);
    if (!profile) throw new AwsError('NoSuchEntity', `Instance Profile ${name} cannot be found.`, 404);
    return profile;
  }

  setRole(name: string, role: string | undefined): void {
    if (role !== undefined) this.roles.get(role);
    this.get(name).role = role;
  }

  delete(name: string): void {
    this.all.delete(name);
  }

  private describe({ name, id, arn, path, created, role }: InstanceProfile) {
    const Roles = role === undefined ? [] : [this.roles.describe(this.roles.get(role))];
    return {
      InstanceProfileName: name,
      InstanceProfileId: id,
      Arn: arn,
      Path: path,
      CreateDate: created,
      Roles,
    };
  }

  operations(): Record<string, Operation> {
    const list = (profiles: InstanceProfile[]) => ({
      InstanceProfiles: profiles.map((one) => this.describe(one)),
      IsTruncated: false,
    });
    return {
      CreateInstanceProfile: ({ InstanceProfileName, Path }) => ({
        InstanceProfile: this.describe(this.create(InstanceProfileName, Path)),
      }),
      GetInstanceProfile: ({ InstanceProfileName }) => ({
        InstanceProfile: this.describe(this.get(InstanceProfileName)),
      }),
      ListInstanceProfiles: () => list([...this.all.values()]),
      ListInstanceProfilesForRole: ({ RoleName }) =>
        list([...this.all.values()].filter(({ role }) => role === RoleName)),
      AddRoleToInstanceProfile: ({ InstanceProfileName, RoleName }) => {
        if (this.get(InstanceProfileName).role) {
          const message = 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1';
          throw new AwsError('LimitExceeded', message, 409);
        }
        this.setRole(InstanceProfileName, RoleName);
      },
      RemoveRoleFromInstanceProfile: ({ InstanceProfileName }) =>
        this.setRole(InstanceProfileName, undefined),
      DeleteInstanceProfile: ({ InstanceProfileName }) => {
        if (this.get(InstanceProfileName).role) {
          throw new AwsError(
            'DeleteConflict',
            'Cannot delete entity, must remove roles from instance profile first.',
            409,
          );
        }
        this.delete(InstanceProfileName);
      },
    };
  }
}
