import { AwsError, type AwsService, type ResourceProvider, type Scope } from '../service';
import { repositoryProvider } from './resources';

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly created: Date;
  imageTagMutability: string;
  scanOnPush: boolean;
  lifecyclePolicy?: string;
  policy?: string;
}

/** Elastic Container Registry: repositories, recorded. The region runs no containers, so they stay empty. */
export class Ecr implements AwsService {
  private readonly repositories = new Map<string, Repository>();
  readonly resources: readonly ResourceProvider[] = [repositoryProvider];

  readonly operations = {
    CreateRepository: (input: any) => ({ repository: this.describe(this.create(input)) }),
    DescribeRepositories: ({ repositoryNames }: any) => {
      const names: string[] = repositoryNames ?? [...this.repositories.keys()];
      return { repositories: names.map((name) => this.describe(this.get(name))) };
    },
    DeleteRepository: ({ repositoryName }: any) => {
      const repository = this.describe(this.get(repositoryName));
      this.repositories.delete(repositoryName);
      return { repository };
    },
    PutLifecyclePolicy: ({ repositoryName, lifecyclePolicyText }: any) => {
      this.get(repositoryName).lifecyclePolicy = lifecyclePolicyText;
      return { repositoryName, lifecyclePolicyText };
    },
    GetLifecyclePolicy: ({ repositoryName }: any) => {
      const { lifecyclePolicy } = this.get(repositoryName);
      if (lifecyclePolicy) return { repositoryName, lifecyclePolicyText: lifecyclePolicy };
      throw new AwsError('LifecyclePolicyNotFoundException', `${repositoryName} has no lifecycle policy.`);
    },
    SetRepositoryPolicy: ({ repositoryName, policyText }: any) => {
      this.get(repositoryName).policy = policyText;
      return { repositoryName, policyText };
    },
    GetRepositoryPolicy: ({ repositoryName }: any) => {
      const { policy } = this.get(repositoryName);
      if (policy) return { repositoryName, policyText: policy };
      throw new AwsError('RepositoryPolicyNotFoundException', `${repositoryName} has no policy.`);
    },
    PutImageScanningConfiguration: ({ repositoryName, imageScanningConfiguration }: any) => {
      this.get(repositoryName).scanOnPush = imageScanningConfiguration?.scanOnPush ?? false;
      return { repositoryName, imageScanningConfiguration };
    },
    ListImages: ({ repositoryName }: any) => {
      this.get(repositoryName);
      return { imageIds: [] };
    },
    DescribeImages: ({ repositoryName, imageIds }: any) => {
      this.get(repositoryName);
      if (!imageIds?.length) return { imageDetails: [] };
      const asked = JSON.stringify(imageIds[0]);
      throw new AwsError(
        'ImageNotFoundException',
        `The image with imageId ${asked} does not exist in ${repositoryName}.`,
      );
    },
  };

  constructor(private readonly scope: Scope) {}

  create({ repositoryName, imageTagMutability = 'MUTABLE', imageScanningConfiguration }: any): Repository {
    if (!/^(?=.{2,256}$)[a-z0-9]+([._/-][a-z0-9]+)*$/.test(repositoryName ?? '')) {
      throw new AwsError('InvalidParameterException', `Invalid repository name: ${repositoryName}`);
    }
    const { accountId, region, clock } = this.scope;
    if (this.repositories.has(repositoryName)) {
      const message = `The repository with name '${repositoryName}' already exists in the registry with id '${accountId}'`;
      throw new AwsError('RepositoryAlreadyExistsException', message);
    }
    const repository: Repository = {
      name: repositoryName,
      arn: `arn:aws:ecr:${region}:${accountId}:repository/${repositoryName}`,
      uri: `${accountId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`,
      created: new Date(clock.now()),
      imageTagMutability,
      scanOnPush: imageScanningConfiguration?.scanOnPush ?? false,
    };
    this.repositories.set(repositoryName, repository);
    return repository;
  }

  find(name: string): Repository | undefined {
    return this.repositories.get(name);
  }

  get(name: string): Repository {
    const repository = this.repositories.get(name);
    if (repository) return repository;
    const message = `The repository with name '${name}' does not exist in the registry with id '${this.scope.accountId}'`;
    throw new AwsError('RepositoryNotFoundException', message);
  }

  private describe({ name, arn, uri, created, imageTagMutability, scanOnPush }: Repository) {
    return {
      repositoryName: name,
      repositoryArn: arn,
      repositoryUri: uri,
      registryId: this.scope.accountId,
      createdAt: created,
      imageTagMutability,
      imageScanningConfiguration: { scanOnPush },
    };
  }
}
