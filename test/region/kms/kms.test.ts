import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const scope = testScope();
const { operations } = scope.service('kms');
const key = resource(scope, scope.service('kms'), 'AWS::KMS::Key');
const alias = resource(scope, scope.service('kms'), 'AWS::KMS::Alias');
const Plaintext = Buffer.from('secret');
const EncryptionContext = { purpose: 'test' };

test('what is encrypted is decrypted under the same context alone', () => {
  const { CiphertextBlob, KeyId } = operations.Encrypt({
    KeyId: 'alias/aws/s3',
    Plaintext,
    EncryptionContext,
  });
  expect(CiphertextBlob.includes(Plaintext)).toBe(false);
  expect(operations.Decrypt({ CiphertextBlob, EncryptionContext })).toMatchObject({ KeyId, Plaintext });
  const invalid = expect.objectContaining({ code: 'InvalidCiphertextException' });
  expect(() => operations.Decrypt({ CiphertextBlob })).toThrow(invalid);
  expect(() => operations.Decrypt({ CiphertextBlob: Buffer.from('x'), EncryptionContext })).toThrow(invalid);
});

test('a data key comes with its ciphertext', () => {
  const { Plaintext, CiphertextBlob } = operations.GenerateDataKey({ KeyId: 'alias/aws/s3' });
  expect(Plaintext).toHaveLength(32);
  expect(operations.Decrypt({ CiphertextBlob }).Plaintext).toEqual(Plaintext);
});

test('a key by its id, ARN and alias, until it is deleted', async () => {
  const { physicalId, attributes } = await key.create({
    EnableKeyRotation: true,
    KeyPolicy: { Statement: [] },
  });
  await expect(alias.create({ AliasName: 'alias/mine', TargetKeyId: physicalId })).resolves.toMatchObject({
    physicalId: 'alias/mine',
  });
  expect(attributes).toMatchObject({ Arn: `arn:aws:kms:us-east-1:111111111111:key/${physicalId}` });
  for (const KeyId of [
    physicalId,
    attributes!.Arn,
    'alias/mine',
    'arn:aws:kms:us-east-1:111111111111:alias/mine',
  ]) {
    expect(operations.DescribeKey({ KeyId }).KeyMetadata).toMatchObject({
      KeyId: physicalId,
      KeyState: 'Enabled',
    });
  }
  expect(operations.GetKeyRotationStatus({ KeyId: physicalId })).toEqual({ KeyRotationEnabled: true });
  expect(operations.GetKeyPolicy({ KeyId: physicalId }).Policy).toBe('{"Statement":[]}');
  await key.delete(physicalId, { PendingWindowInDays: 7 });
  expect(() => operations.Encrypt({ KeyId: physicalId, Plaintext })).toThrow(
    expect.objectContaining({ code: 'KMSInvalidStateException' }),
  );
});

test('missing ones', () => {
  const missing = expect.objectContaining({ code: 'NotFoundException' });
  expect(() => operations.DescribeKey({ KeyId: 'alias/none' })).toThrow(missing);
});
