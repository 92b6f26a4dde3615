import { execFile } from 'node:child_process';
import path from 'node:path';
import { App, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib/core';
import { Region } from '../../../region/region';
import { temporaryFolder } from '../../support/folder';

jest.setTimeout(120_000);

const folder = temporaryFolder('cdk');
let region: Region;

beforeAll(async () => {
  region = await Region.start({ folder: path.join(folder, 'region') });
});
afterAll(() => region?.stop());

/** The real CDK CLI, with the region's environment and nothing else. */
function cdk(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.resolve('node_modules/aws-cdk/bin/cdk'), ...args, '--no-notices', '--no-color'],
      {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder, ...region.home.environment() },
        timeout: 60_000,
      },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

/** Synthesizes a stack of one topic-like resource, the parameter `name`, and whatever else is declared. */
function assembly(name: string, parameterName: string, more: (stack: Stack) => void = () => {}): string {
  const outdir = path.join(folder, name);
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Small', { env: { account: '111111111111', region: 'us-east-1' } });
  const parameter = new CfnResource(stack, 'Parameter', {
    type: 'AWS::SSM::Parameter',
    properties: { Name: parameterName, Type: 'String', Value: 'v' },
  });
  const vpc = new CfnResource(stack, 'Vpc', {
    type: 'AWS::EC2::VPC',
    properties: { CidrBlock: '10.0.0.0/16', Tags: [{ Key: 'parameter', Value: parameter.ref }] },
  });
  new CfnOutput(stack, 'VpcId', { value: vpc.ref });
  new CfnOutput(stack, 'ParameterName', { value: parameter.ref });
  more(stack);
  app.synth();
  return outdir;
}

const deploy = (app: string) =>
  cdk('deploy', '--app', app, '--require-approval', 'never', '--progress', 'events');

test('bootstrap, deploy, no change, diff, replacement, a failure that rolls back, destroy', async () => {
  const bootstrapped = await cdk('bootstrap', 'aws://111111111111/us-east-1');
  expect(bootstrapped.output).toContain('Environment aws://111111111111/us-east-1 bootstrapped');
  expect(bootstrapped.code).toBe(0);

  const first = assembly('first', '/small/one');
  const created = await deploy(first);
  expect(created.output).toMatch(/CREATE_COMPLETE\s+\| AWS::EC2::VPC/);
  expect(created.output).toMatch(/Small\.VpcId = vpc-0[0-9a-f]{16}/);
  expect(created.code).toBe(0);

  const unchanged = await deploy(first);
  expect(unchanged.output).toContain('(no changes)');
  expect(unchanged.code).toBe(0);
  // The CLI skips a template it knows; forced, it takes CloudFormation's own word for it.
  const forced = await cdk('deploy', '--app', first, '--require-approval', 'never', '--force');
  expect(forced.output).toContain('(no changes)');

  const second = assembly('second', '/small/two');
  const diff = await cdk('diff', '--app', second, '--fail');
  expect(diff.output).toMatch(/AWS::SSM::Parameter Parameter.*replace/);
  expect(diff.code).toBe(1);
  const replaced = await deploy(second);
  expect(replaced.output).toContain('Requested update requires the creation of a new physical resource');
  expect(replaced.output).toMatch(/UPDATE_COMPLETE_CLEANUP\S* +\| AWS::CloudFormation::Stack/);
  expect(replaced.output).toContain('Small.ParameterName = /small/two');
  expect(replaced.code).toBe(0);

  const failing = assembly('failing', '/small/three', (stack) => {
    const twin = new CfnResource(stack, 'Twin', {
      type: 'AWS::SSM::Parameter',
      properties: { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: 'taken' },
    });
    twin.node.addDependency(stack.node.findChild('Parameter'));
  });
  const failed = await deploy(failing);
  expect(failed.output).toMatch(/CREATE_FAILED\s+\| AWS::SSM::Parameter\s+\| Twin.*already exists/);
  expect(failed.output).toMatch(/UPDATE_ROLLBACK_COMPLET\S* +\| AWS::CloudFormation::Stack/);
  expect(failed.output).not.toContain('✅');
  expect(failed.code).toBe(1);
  const { Stacks } = (await region.home
    .service('cloudformation')
    .operations.DescribeStacks({ StackName: 'Small' })) as any;
  expect(Stacks[0].StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');

  const refused = await deploy(
    assembly('refused', '/small/two', (stack) => {
      new CfnResource(stack, 'Orders', { type: 'AWS::SQS::Queue' });
    }),
  );
  expect(refused.output.replace(/\s+/g, ' ')).toContain(
    'Orders (AWS::SQS::Queue): the rehearsal region does not play this resource type',
  );
  expect(refused.code).toBe(1);

  const destroyed = await cdk('destroy', '--app', second, '--force');
  expect(destroyed.output).toContain('Small: destroyed');
  expect(destroyed.code).toBe(0);
  expect(region.ledger.entries().filter(({ stackName }) => stackName === 'Small')).toEqual([]);
});
