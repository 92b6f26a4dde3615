import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Build } from '@aws-sdk/client-codebuild';
import type { CodeBuild } from '../../../region/codebuild/codebuild';
import { Isolation } from '../../../region/codebuild/isolation';
import { unzip, zip } from '../../../region/codebuild/zip';
import { temporaryFolder } from '../../support/folder';
import { testScope } from '../../support/scope';

const emitted: any[] = [];
const logged: string[] = [];
const stored = new Map<string, Buffer>();
const scope = testScope({
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
const codebuild = scope.service('codebuild') as CodeBuild;
const { operations } = codebuild;
const [provider] = codebuild.resources;
const folder = temporaryFolder('builds');

let projects = 0;

/** A project made as CloudFormation makes it. */
async function project(properties: Record<string, unknown> = {}): Promise<string> {
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

const noSource = (buildspec: string) => ({ Source: { Type: 'NO_SOURCE', BuildSpec: buildspec } });
const pipelineProject = (buildspec?: string) => ({
  Source: { Type: 'CODEPIPELINE', BuildSpec: buildspec },
  Artifacts: { Type: 'CODEPIPELINE' },
});

async function build(projectName: string, input: object = {}, pipeline?: Parameters<CodeBuild['start']>[1]) {
  const { id } = codebuild.start({ projectName, ...input }, pipeline);
  const finished = await codebuild.finished(id!);
  const log = fs.readFileSync(
    path.join(scope.folder('codebuild'), 'logs', `${id!.split(':')[1]}.log`),
    'utf8',
  );
  return { ...finished, log, lines: log.split('\n').filter((line) => !line.startsWith('[Container]')) };
}
test('service', async () => {
  const { execFileSync: x } = require('node:child_process');
  const { createHosts } = require('../../../region/hosts/hosts');
  const { deploy } = require('../hosts/deployer');
  const { ScaledClock } = require('../../../region/clock/clock');
  const dir = folder + '/src'; fs.mkdirSync(dir);
  x('bash', ['-c', `git archive HEAD service | tar x -C ${dir}`]);
  const zipFile = folder + '/src.zip';
  x('node', ['-e', `const y=require('yazl');const fs=require('fs');const z=new y.ZipFile();for(const e of fs.readdirSync('${dir}',{recursive:true})){const f='${dir}/'+e;if(fs.statSync(f).isFile())z.addFile(f,e)}z.end();z.outputStream.pipe(fs.createWriteStream('${zipFile}'))`]);
  stored.set('sources/app.zip', fs.readFileSync(zipFile));
  const p = await project({ Source: { Type: 'S3', Location: 'sources/app.zip', BuildSpec: 'service/buildspec.yml' }, Artifacts: { Type: 'S3', Location: 'bucket', Path: 'p', Name: 'own', Packaging: 'ZIP' } });
  for (let i = 0; i < 2; i++) {
    const t = Date.now();
    const built = await build(p);
    console.log(built.log, Date.now() - t, [...stored.keys()]);
  }
  const key = [...stored.keys()].find((k) => k.startsWith('bucket'))!;
  fs.writeFileSync(folder + '/rev.zip', stored.get(key)!);
  const clock = new ScaledClock();
  const { Journal } = require('../../../region/journal/journal');
  const hosts = createHosts(folder + '/hosts', clock, new Journal(clock));
  const h = await hosts.launch({ instanceId: 'i-1' });
  console.log(await deploy(h, 'd-1', folder + '/rev.zip'));
  console.log(await (await fetch(`http://${h.address}:8080/`)).text());
  await hosts.stop();
}, 100000);
