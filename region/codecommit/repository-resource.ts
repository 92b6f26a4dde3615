import type { RepositoryMetadata } from '@aws-sdk/client-codecommit';
import type { ResourceProvider, ResourceResult } from '../service';
import type { CodeCommit } from './codecommit';

interface RepositoryProperties {
  readonly RepositoryName: string;
  readonly RepositoryDescription?: string;
  readonly KmsKeyId?: string;
  /** Read when the repository is created and never again. */
  readonly Code?: {
    readonly BranchName?: string;
    readonly S3: { readonly Bucket: string; readonly Key: string; readonly ObjectVersion?: string };
  };
}

/** `Triggers` are refused. */
export function repositoryProvider(codecommit: CodeCommit): ResourceProvider<RepositoryProperties> {
  return {
    type: 'AWS::CodeCommit::Repository',
    disposition: 'executed',
    properties: {
      RepositoryName: 'executed',
      Code: 'executed',
      RepositoryDescription: 'recorded',
      KmsKeyId: 'recorded',
      Tags: 'recorded',
    },
    async create(properties, { scope }) {
      const { repositoryMetadata } = (await codecommit.operations.CreateRepository({
        repositoryName: properties.RepositoryName,
        repositoryDescription: properties.RepositoryDescription,
        kmsKeyId: properties.KmsKeyId,
      })) as { repositoryMetadata: RepositoryMetadata };
      const { Code: code } = properties;
      if (code) {
        const archive = await scope.service('s3').read(code.S3.Bucket, code.S3.Key, code.S3.ObjectVersion);
        await codecommit.seed(properties.RepositoryName, archive, code.BranchName ?? 'main');
      }
      return result(repositoryMetadata);
    },
    async update(physicalId, properties) {
      const { metadata } = codecommit.byId(physicalId) ?? codecommit.find(properties.RepositoryName);
      const oldName = metadata.repositoryName;
      const newName = properties.RepositoryName;
      if (oldName !== newName) await codecommit.operations.UpdateRepositoryName({ oldName, newName });
      await codecommit.operations.UpdateRepositoryDescription({
        repositoryName: newName,
        repositoryDescription: properties.RepositoryDescription,
      });
      return result(codecommit.find(newName).metadata);
    },
    async delete(physicalId) {
      const repositoryName = codecommit.byId(physicalId)?.name;
      if (repositoryName) await codecommit.operations.DeleteRepository({ repositoryName });
    },
  };
}

function result(metadata: RepositoryMetadata): ResourceResult {
  return {
    physicalId: metadata.repositoryId!,
    attributes: {
      Arn: metadata.Arn,
      Name: metadata.repositoryName,
      CloneUrlHttp: metadata.cloneUrlHttp,
      CloneUrlSsh: metadata.cloneUrlSsh,
      RepositoryId: metadata.repositoryId,
    },
  };
}
