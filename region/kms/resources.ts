import type { ResourceProvider } from '../service';
import type { Key } from './keys';

function configure(
  key: Key,
  { Description = '', Enabled = true, EnableKeyRotation = false, KeyPolicy }: any,
): void {
  key.description = Description;
  key.enabled = Enabled;
  key.rotates = EnableKeyRotation;
  if (KeyPolicy) key.policy = JSON.stringify(KeyPolicy);
}

function described({ id, arn }: Key) {
  return { physicalId: id, attributes: { Arn: arn, KeyId: id } };
}

export const keyProvider: ResourceProvider = {
  type: 'AWS::KMS::Key',
  disposition: 'executed',
  properties: {
    Description: 'recorded',
    Enabled: 'modelled',
    EnableKeyRotation: 'recorded',
    KeyPolicy: 'recorded',
    PendingWindowInDays: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, { scope }) {
    const key = scope.service('kms').keys.create();
    configure(key, properties);
    return described(key);
  },
  async update(id, properties, _previous, { scope }) {
    const key = scope.service('kms').keys.get(id);
    configure(key, properties);
    return described(key);
  },
  async delete(id, { PendingWindowInDays }, { scope }) {
    const kms = scope.service('kms');
    if (kms.keys.find(id)) kms.operations.ScheduleKeyDeletion({ KeyId: id, PendingWindowInDays });
  },
};

export const aliasProvider: ResourceProvider = {
  type: 'AWS::KMS::Alias',
  disposition: 'modelled',
  properties: { AliasName: 'modelled', TargetKeyId: 'modelled' },
  async create(properties, { scope }) {
    scope.service('kms').operations.CreateAlias(properties);
    return { physicalId: properties.AliasName };
  },
  async update(alias, { TargetKeyId }, _previous, { scope }) {
    scope.service('kms').operations.UpdateAlias({ AliasName: alias, TargetKeyId });
    return { physicalId: alias };
  },
  async delete(alias, _properties, { scope }) {
    scope.service('kms').keys.aliases.delete(alias);
  },
};
