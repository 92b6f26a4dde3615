import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock/clock';
import { unzip } from '../zip/zip';
import type { Repository } from './repository';

/**
 * Makes the first commit of a new repository from a zip archive: CloudFormation's `Code`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codecommit-repository-code.html
 */
export async function seed(
  repository: Repository,
  archive: Buffer,
  branch: string,
  clock: Clock,
): Promise<void> {
  const folder = path.join(repository.folder, `seed-${randomUUID()}`);
  try {
    const tree = path.join(folder, 'tree');
    await unzip(archive, tree);
    const index = { GIT_INDEX_FILE: path.join(folder, 'index') };
    await repository.run([`--work-tree=${tree}`, 'add', '--all', '--force', '.'], undefined, index);
    const treeId = await repository.text(['write-tree'], undefined, index);
    const commitId = await repository.commitTree(treeId, [], {
      message: 'Initial commit by AWS CloudFormation',
      name: 'AWS CloudFormation',
      date: clock.now(),
    });
    await repository.run(['update-ref', `refs/heads/${branch}`, commitId]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
