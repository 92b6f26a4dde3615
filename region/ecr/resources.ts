import { physicalName } from '../physical-name';
import type { ResourceProvider } from '../service';
import type { Repository } from './ecr';

function configure(repository: Repository, properties: any): void {
  repository.imageTagMutability = properties.ImageTagMutability ?? 'MUTABLE';
  repository.scanOnPush = properties.ImageScanningConfiguration?.ScanOnPush ?? false;
  repository.lifecyclePolicy = properties.LifecyclePolicy?.LifecyclePolicyText;
  repository.policy = properties.RepositoryPolicyText && JSON.stringify(properties.RepositoryPolicyText);
}

function described({ name, arn, uri }: Repository) {
  return { physicalId: name, attributes: { Arn: arn, RepositoryUri: uri } };
}

export const repositoryProvider: ResourceProvider = {
  type: 'AWS::ECR::Repository',
  disposition: 'recorded',
  properties: {
    RepositoryName: 'recorded',
    EmptyOnDelete: 'recorded',
    EncryptionConfiguration: 'recorded',
    ImageScanningConfiguration: 'recorded',
    ImageTagMutability: 'recorded',
    LifecyclePolicy: 'recorded',
    RepositoryPolicyText: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, context) {
    const repositoryName =
      properties.RepositoryName ?? physicalName(context, { maxLength: 256, lowercase: true });
    const repository = context.scope.service('ecr').create({ repositoryName });
    configure(repository, properties);
    return described(repository);
  },
  async update(name, properties, _previous, { scope }) {
    const repository = scope.service('ecr').get(name);
    configure(repository, properties);
    return described(repository);
  },
  async delete(name, _properties, { scope }) {
    const ecr = scope.service('ecr');
    if (ecr.find(name)) ecr.operations.DeleteRepository({ repositoryName: name });
  },
};
