import path from 'node:path';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { atEnd, temporaryFolder } from '../support/folder';

const ROOT = path.join(__dirname, '../..');

test('what waits for a person is approved', async () => {
  const { signal } = new AbortController();
  const rehearsal = await Rehearsal.start({
    project: ROOT,
    folder: temporaryFolder('approval'),
    scale: 120,
    signal,
  });
  atEnd(() => rehearsal.stop());
  const call = (service: string, operation: string, input: object) =>
    (rehearsal.region.home.service(service as any) as any).operations[operation](input);

  await call('s3', 'CreateBucket', { Bucket: 'artifacts' });
  await call('s3', 'PutBucketVersioning', {
    Bucket: 'artifacts',
    VersioningConfiguration: { Status: 'Enabled' },
  });
  await call('s3', 'PutObject', { Bucket: 'artifacts', Key: 'source.zip', Body: Buffer.from('') });
  const action = (name: string, category: string, provider: string, more: object = {}) => ({
    name,
    actionTypeId: { category, owner: 'AWS', provider, version: '1' },
    ...more,
  });
  const source = action('Source', 'Source', 'S3', {
    configuration: { S3Bucket: 'artifacts', S3ObjectKey: 'source.zip', PollForSourceChanges: 'false' },
    outputArtifacts: [{ name: 'Source' }],
  });
  await call('codepipeline', 'CreatePipeline', {
    pipeline: {
      name: 'approved',
      roleArn: 'arn:aws:iam::111111111111:role/any',
      pipelineType: 'V2',
      artifactStore: { type: 'S3', location: 'artifacts' },
      stages: [
        { name: 'Source', actions: [source] },
        { name: 'Approval', actions: [action('Approve', 'Approval', 'Manual')] },
      ],
    },
  });

  const end = await rehearsal.journal.waitFor(({ type }) => /^Pipeline(Succeeded|Failed)$/.test(type));
  expect(end.message).toMatch(/succeeded$/);
});
