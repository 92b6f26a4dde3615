import { ActionFailure, type ActionProvider } from './action-provider';

/**
 * Takes an object of a versioned bucket as it is; it should be a zip archive.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
 */
export const s3Source: ActionProvider = {
  inputs: [0, 0],
  outputs: [1, 1],
  configuration: {
    S3Bucket: 'required',
    S3ObjectKey: 'required',
    PollForSourceChanges: 'optional',
    AllowOverrideForS3ObjectKey: 'optional',
  },
  timeoutInMinutes: 60,

  check({ configuration = {} }) {
    const { PollForSourceChanges } = configuration;
    return PollForSourceChanges === 'false'
      ? []
      : [
          `found PollForSourceChanges ${PollForSourceChanges ?? 'not set'}; the region plays false, with a rule`,
        ];
  },

  async run({ scope, configuration, outputs, sourceRevision, report }) {
    const { S3Bucket: Bucket, S3ObjectKey: Key } = configuration;
    const s3 = scope.service('s3');
    const head: any = await s3.operations.HeadObject({ Bucket, Key, VersionId: sourceRevision });
    const VersionId = sourceRevision ?? head.VersionId;
    if (!VersionId) {
      throw new ActionFailure(
        'ConfigurationError',
        `The bucket ${Bucket} has no versioning; a source needs it`,
      );
    }
    report({ externalExecutionId: VersionId, summary: `s3://${Bucket}/${Key}` });
    return {
      outputs: { [outputs[0].name]: await s3.read(Bucket, Key, VersionId) },
      variables: { BucketName: Bucket, ObjectKey: Key, VersionId, ETag: head.ETag },
      revision: { revisionId: VersionId, revisionSummary: `Amazon S3 version id: ${VersionId}` },
    };
  },
};
