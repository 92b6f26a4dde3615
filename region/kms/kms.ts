import { randomBytes } from 'node:crypto';
import { AwsError, type AwsService, type ResourceProvider, type Scope } from '../service';
import { type Key, Keys } from './keys';
import { aliasProvider, keyProvider } from './resources';

const DAY = 24 * 3600_000;

/** Key Management Service: symmetric keys that really encrypt. Key policies and grants are recorded. */
export class Kms implements AwsService {
  readonly keys: Keys;
  readonly resources: readonly ResourceProvider[] = [keyProvider, aliasProvider];

  readonly operations = {
    CreateKey: ({ Description, Policy, KeySpec = 'SYMMETRIC_DEFAULT' }: any) => {
      if (KeySpec !== 'SYMMETRIC_DEFAULT') {
        throw new AwsError(
          'UnsupportedOperationException',
          `KeySpec is ${KeySpec}; the region plays SYMMETRIC_DEFAULT.`,
        );
      }
      return { KeyMetadata: this.describe(this.keys.create(Description, Policy)) };
    },
    DescribeKey: ({ KeyId }: any) => ({ KeyMetadata: this.describe(this.keys.get(KeyId)) }),
    ListKeys: () => ({
      Keys: this.keys.list().map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })),
      Truncated: false,
    }),
    GetKeyPolicy: ({ KeyId }: any) => ({ Policy: this.keys.get(KeyId).policy, PolicyName: 'default' }),
    PutKeyPolicy: ({ KeyId, Policy }: any) => {
      this.keys.get(KeyId).policy = Policy;
    },
    EnableKey: ({ KeyId }: any) => {
      this.keys.get(KeyId).enabled = true;
    },
    DisableKey: ({ KeyId }: any) => {
      this.keys.get(KeyId).enabled = false;
    },
    EnableKeyRotation: ({ KeyId }: any) => {
      this.keys.get(KeyId).rotates = true;
    },
    DisableKeyRotation: ({ KeyId }: any) => {
      this.keys.get(KeyId).rotates = false;
    },
    GetKeyRotationStatus: ({ KeyId }: any) => ({ KeyRotationEnabled: this.keys.get(KeyId).rotates }),
    ScheduleKeyDeletion: ({ KeyId, PendingWindowInDays = 30 }: any) => {
      const key = this.keys.get(KeyId);
      key.deletionDate = new Date(this.scope.clock.now() + PendingWindowInDays * DAY);
      return {
        KeyId: key.arn,
        DeletionDate: key.deletionDate,
        KeyState: 'PendingDeletion',
        PendingWindowInDays,
      };
    },
    CreateAlias: ({ AliasName, TargetKeyId }: any) => {
      if (this.keys.aliases.has(AliasName)) {
        throw new AwsError('AlreadyExistsException', `An alias with the name ${AliasName} already exists`);
      }
      this.keys.aliases.set(AliasName, this.keys.get(TargetKeyId).id);
    },
    UpdateAlias: ({ AliasName, TargetKeyId }: any) =>
      void this.keys.aliases.set(AliasName, this.keys.get(TargetKeyId).id),
    DeleteAlias: ({ AliasName }: any) => {
      if (!this.keys.aliases.delete(AliasName)) {
        throw new AwsError('NotFoundException', `Alias ${this.keys.aliasArn(AliasName)} is not found.`);
      }
    },
    ListAliases: ({ KeyId }: any) => {
      const wanted = KeyId && this.keys.get(KeyId).id;
      const Aliases = [...this.keys.aliases]
        .filter(([, id]) => !wanted || id === wanted)
        .map(([AliasName, TargetKeyId]) => ({
          AliasName,
          AliasArn: this.keys.aliasArn(AliasName),
          TargetKeyId,
        }));
      return { Aliases, Truncated: false };
    },
    Encrypt: ({ KeyId, Plaintext, EncryptionContext }: any) => {
      const { key, blob } = this.keys.encrypt(KeyId, Plaintext, EncryptionContext);
      return { KeyId: key.arn, CiphertextBlob: blob, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    Decrypt: ({ CiphertextBlob, EncryptionContext }: any) => {
      const { key, plaintext } = this.keys.decrypt(CiphertextBlob, EncryptionContext);
      return { KeyId: key.arn, Plaintext: plaintext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    GenerateDataKey: ({ KeyId, KeySpec = 'AES_256', NumberOfBytes, EncryptionContext }: any) => {
      const Plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
      const { key, blob } = this.keys.encrypt(KeyId, Plaintext, EncryptionContext);
      return { KeyId: key.arn, Plaintext, CiphertextBlob: blob };
    },
  };

  constructor(private readonly scope: Scope) {
    this.keys = new Keys(scope);
  }

  private describe({ id, arn, created, description, enabled, deletionDate }: Key) {
    return {
      AWSAccountId: this.scope.accountId,
      KeyId: id,
      Arn: arn,
      CreationDate: created,
      Description: description,
      Enabled: enabled && !deletionDate,
      KeyState: deletionDate ? 'PendingDeletion' : enabled ? 'Enabled' : 'Disabled',
      DeletionDate: deletionDate,
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyManager: 'CUSTOMER',
      Origin: 'AWS_KMS',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
    };
  }
}
