import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { AwsError, type Scope } from '../service';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly created: Date;
  /** AES-256, made here and never given out. */
  readonly material: Buffer;
  description: string;
  policy: string;
  rotates: boolean;
  enabled: boolean;
  deletionDate?: Date;
}

export type EncryptionContext = Record<string, string> | undefined;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 36;

/** The symmetric keys of one account and region, and their aliases. */
export class Keys {
  private readonly keys = new Map<string, Key>();
  /** Key ids by alias. */
  readonly aliases = new Map<string, string>();

  constructor(private readonly scope: Scope) {}

  create(description = '', policy?: string): Key {
    const { accountId, region, clock } = this.scope;
    const id = randomUUID();
    const key: Key = {
      id,
      arn: `arn:aws:kms:${region}:${accountId}:key/${id}`,
      created: new Date(clock.now()),
      material: randomBytes(32),
      description,
      policy: policy ?? rootPolicy(accountId),
      rotates: false,
      enabled: true,
    };
    this.keys.set(id, key);
    return key;
  }

  list(): Key[] {
    return [...this.keys.values()];
  }

  find(id: string): Key | undefined {
    return this.keys.get(id);
  }

  aliasArn(alias: string): string {
    return `arn:aws:kms:${this.scope.region}:${this.scope.accountId}:${alias}`;
  }

  /**
   * A key by its id, ARN, alias or alias' ARN. AWS's own keys (`alias/aws/…`) come into being when first used.
   * @throws AwsError NotFoundException
   */
  get(reference: string): Key {
    const name = reference.replace(/^arn:aws:kms:[^:]*:\d*:(key\/)?/, '');
    if (name.startsWith('alias/aws/') && !this.aliases.has(name)) {
      this.aliases.set(name, this.create(`Default key that protects ${name.slice(10)}`).id);
    }
    const key = this.keys.get(this.aliases.get(name) ?? name);
    if (!key) throw new AwsError('NotFoundException', `Key '${reference}' does not exist`);
    return key;
  }

  /** A ciphertext that names its key and is bound to its context, as KMS's are. */
  encrypt(reference: string, plaintext: Uint8Array, context: EncryptionContext): { key: Key; blob: Buffer } {
    const key = this.usable(this.get(reference));
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key.material, iv).setAAD(boundTo(context));
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return { key, blob: Buffer.concat([Buffer.from(key.id), iv, cipher.getAuthTag(), sealed]) };
  }

  /** @throws AwsError InvalidCiphertextException when the blob or its context is another */
  decrypt(blob: Uint8Array, context: EncryptionContext): { key: Key; plaintext: Buffer } {
    const bytes = Buffer.from(blob);
    const key = this.find(bytes.toString('latin1', 0, ID_BYTES));
    try {
      if (!key) throw new Error('no such key');
      const tagAt = ID_BYTES + IV_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key.material, bytes.subarray(ID_BYTES, tagAt));
      decipher.setAAD(boundTo(context)).setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES));
      const plaintext = Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]);
      return { key: this.usable(key), plaintext };
    } catch (error) {
      if (error instanceof AwsError) throw error;
      throw new AwsError(
        'InvalidCiphertextException',
        'The ciphertext or its encryption context is invalid.',
      );
    }
  }

  private usable(key: Key): Key {
    if (key.deletionDate) throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    return key;
  }
}

function boundTo(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort()));
}

function rootPolicy(accountId: string): string {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }],
  });
}
