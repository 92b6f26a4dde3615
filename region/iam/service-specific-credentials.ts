import { randomBytes } from 'node:crypto';
import { base32 } from '../gateway/key-ring';
import { equal } from '../gateway/signature';
import { AwsError, type Operation, type Scope } from '../service';

export interface ServiceSpecificCredential {
  readonly ServiceName: string;
  readonly ServiceUserName: string;
  readonly ServicePassword: string;
  readonly ServiceSpecificCredentialId: string;
  readonly UserName: string;
  readonly CreateDate: Date;
  Status: 'Active' | 'Inactive';
}

export const CODECOMMIT = 'codecommit.amazonaws.com';

/** User names and passwords for services that do not take AWS's signatures: git over HTTPS to CodeCommit. */
export class ServiceSpecificCredentials {
  private readonly issued: ServiceSpecificCredential[] = [];

  constructor(private readonly scope: Scope) {}

  create(UserName: string, ServiceName = CODECOMMIT): ServiceSpecificCredential {
    if (ServiceName !== CODECOMMIT) {
      const message = `No such service ${ServiceName} is supported for Service Specific Credentials; the region plays ${CODECOMMIT}.`;
      throw new AwsError('NotSupportedService', message, 404);
    }
    const credential: ServiceSpecificCredential = {
      ServiceName,
      ServiceUserName: `${UserName}-at-${this.scope.accountId}`,
      ServicePassword: randomBytes(30).toString('base64url'),
      ServiceSpecificCredentialId: `ACCA${base32(17)}`,
      UserName,
      CreateDate: new Date(this.scope.clock.now()),
      Status: 'Active',
    };
    const first = this.issued.every(({ ServiceUserName }) => ServiceUserName !== credential.ServiceUserName);
    const unique = first ? {} : { ServiceUserName: `${credential.ServiceUserName}-${this.issued.length}` };
    this.issued.push({ ...credential, ...unique });
    return this.issued.at(-1)!;
  }

  verify(serviceUserName: string, password: string): boolean {
    return this.issued.some(
      (one) =>
        one.Status === 'Active' &&
        one.ServiceUserName === serviceUserName &&
        equal(one.ServicePassword, password),
    );
  }

  operations(): Record<string, Operation> {
    const find = (id: string) => {
      const index = this.issued.findIndex((one) => one.ServiceSpecificCredentialId === id);
      if (index < 0)
        throw new AwsError('NoSuchEntity', `The service specific credential ${id} cannot be found.`, 404);
      return index;
    };
    return {
      CreateServiceSpecificCredential: ({ UserName, ServiceName }) => ({
        ServiceSpecificCredential: this.create(UserName, ServiceName),
      }),
      ListServiceSpecificCredentials: ({ UserName }) => ({
        ServiceSpecificCredentials: this.issued.filter((one) => !UserName || one.UserName === UserName),
      }),
      UpdateServiceSpecificCredential: ({ ServiceSpecificCredentialId, Status }) => {
        this.issued[find(ServiceSpecificCredentialId)].Status = Status;
      },
      DeleteServiceSpecificCredential: ({ ServiceSpecificCredentialId }) =>
        void this.issued.splice(find(ServiceSpecificCredentialId), 1),
    };
  }
}
