import fs from 'node:fs';
import path from 'node:path';
import type { Build } from '@aws-sdk/client-codebuild';
import type { CodeBuild } from '../../../region/codebuild/codebuild';
import { unzip, zip } from '../../../region/zip/zip';
import { temporaryFolder } from '../../support/folder';
import { testScope } from '../../support/scope';

export const emitted: any[] = [];
export const logged: string[] = [];
export const stored = new Map<string, Buffer>();
export const scope = testScope({
  events: { operations: {}, emit: (event: unknown) => emitted.push(event) },
  logs: {
    operations: {
      CreateLogGroup: () => {
        throw Object.assign(new Error('exists'), { name: 'ResourceAlreadyExistsException' });
      },
      CreateLogStream: () => ({}),
      PutLogEvents: (input: any) => logged.push(...input.logEvents.map((event: any) => event.message)),
    },
  },
  ssm: {
    operations: {
      GetParameter: ({ Name }: any) => {
        if (Name !== '/known')
          throw Object.assign(new Error(`${Name} not found`), { name: 'ParameterNotFound' });
        return { Parameter: { Value: 'from the store' } };
      },
    },
  },
  s3: {
    operations: {},
    read: async (bucket: string, key: string) => stored.get(`${bucket}/${key}`),
    write: async (bucket: string, key: string, body: Buffer) => stored.set(`${bucket}/${key}`, body),
  },
});
export const codebuild = scope.service('codebuild') as CodeBuild;
export const [provider] = codebuild.resources;
const folder = temporaryFolder('builds');

let projects = 0;

/** A project made as CloudFormation makes it. */
export async function project(properties: Record<string, unknown> = {}): Promise<string> {
  const { physicalId } = await provider.create(
    {
      Source: { Type: 'NO_SOURCE', BuildSpec: 'version: 0.2\nphases: {}\n' },
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Environment: {
        Type: 'LINUX_CONTAINER',
        Image: 'aws/codebuild/standard:7.0',
        ComputeType: 'BUILD_GENERAL1_SMALL',
      },
      ServiceRole: 'arn:aws:iam::111111111111:role/build',
      ...properties,
    },
    { logicalId: `Project${projects++}` } as never,
  );
  return physicalId;
}

export const noSource = (buildspec: string) => ({ Source: { Type: 'NO_SOURCE', BuildSpec: buildspec } });
export const pipelineProject = (buildspec?: string) => ({
  Source: { Type: 'CODEPIPELINE', BuildSpec: buildspec },
  Artifacts: { Type: 'CODEPIPELINE' },
});

export async function build(
  projectName: string,
  input: object = {},
  pipeline?: Parameters<CodeBuild['start']>[1],
) {
  const { id } = codebuild.start({ projectName, ...input }, pipeline);
  const finished = await codebuild.finished(id!);
  const log = fs.readFileSync(
    path.join(scope.folder('codebuild'), 'logs', `${id!.split(':')[1]}.log`),
    'utf8',
  );
  return { ...finished, log, lines: log.split('\n').filter((line) => !line.startsWith('[Container]')) };
}

export async function archive(files: Record<string, string>): Promise<Buffer> {
  const root = fs.mkdtempSync(path.join(folder, 'archive-'));
  const entries = Object.entries(files).map(([name, content]): [string, string] => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    return [name, file];
  });
  return zip(new Map(entries));
}

export async function namesIn(archived: Buffer): Promise<string[]> {
  const root = fs.mkdtempSync(path.join(folder, 'unpacked-'));
  await unzip(archived, root);
  return (fs.readdirSync(root, { recursive: true }) as string[])
    .filter((name) => fs.statSync(path.join(root, name)).isFile())
    .sort();
}

export const workFolder = (built: Build) =>
  path.join(scope.folder('codebuild'), 'builds', `${built.projectName}-${built.buildNumber}`);

export const statuses = (result: { build: any }) =>
  result.build.phases.map((phase: any) => `${phase.phaseType} ${phase.phaseStatus ?? ''}`.trim());
