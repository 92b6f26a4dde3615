import { Aws, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { DescriptionError } from '../../lib/config/check';
import { checkLimits } from '../../lib/limits';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize, testApp } from '../support/synthesize';

test.each([
  ['in one account', DESCRIPTION],
  ['across accounts and regions', ACROSS_ACCOUNTS],
])('a delivery %s is within them', (_, description) => {
  expect(() => checkLimits(synthesize(description).app.synth(), 'delivery.ts')).not.toThrow();
});

const stages = (count: number, actions = 1) =>
  Array.from({ length: count }, (_, index) => ({ Name: `s${index}`, Actions: Array(actions).fill({}) }));
const policy = (statements: number) => ({
  Statement: Array.from({ length: statements }, (_, index) => ({ Sid: `s${1000 + index}` })),
});

const BUCKET = Fn.join('-', ['harbor-artifacts', Aws.ACCOUNT_ID, Aws.REGION, 'x'.repeat(20)]);

/** Type, properties at the limit, properties beyond it, what is found, what is allowed. */
test.each<[string, object, object, string]>([
  [
    'AWS::CodePipeline::Pipeline',
    { Stages: stages(50) },
    { Stages: stages(51) },
    'environments: found 51 stages in the pipeline, allowed is at most 50',
  ],
  [
    'AWS::CodePipeline::Pipeline',
    { Stages: stages(2, 50) },
    {
      Stages: [
        { Name: 'wave.1', Actions: Array(48).fill({}) },
        { Name: 'wave.2', Actions: [{}, {}, {}] },
      ],
    },
    'environments: found 51 actions in the stage wave, allowed is at most 50',
  ],
  [
    'AWS::CodePipeline::Pipeline',
    { Stages: [{ Name: 'prod', Actions: [{ Configuration: { UserParameters: 'p'.repeat(1000) } }] }] },
    {
      Stages: [
        { Name: 'prod', Actions: [{ Name: 'Bake', Configuration: { UserParameters: 'p'.repeat(1001) } }] },
      ],
    },
    'environments: found 1001 characters in the user parameters of the action Bake of the stage prod, allowed is at most 1000',
  ],
  [
    'AWS::CodeDeploy::DeploymentGroup',
    { DeploymentGroupName: 'harbor-prod', AlarmConfiguration: { Alarms: Array(10).fill({}) } },
    { DeploymentGroupName: 'harbor-prod', AlarmConfiguration: { Alarms: Array(11).fill({}) } },
    'environments: found 11 alarms in the deployment group harbor-prod, allowed is at most 10',
  ],
  [
    'AWS::IAM::Role',
    { RoleName: 'r'.repeat(64) },
    { RoleName: 'r'.repeat(65) },
    `service: found 65 characters in RoleName ${'r'.repeat(65)}, allowed is at most 64`,
  ],
  [
    'AWS::S3::Bucket',
    { BucketName: 'b'.repeat(63) },
    { BucketName: BUCKET },
    `service: found 65 characters in BucketName harbor-artifacts-111111111111-ap-southeast-1-${'x'.repeat(20)}, allowed is at most 63`,
  ],
  [
    'AWS::S3::BucketPolicy',
    { PolicyDocument: policy(1279) },
    { PolicyDocument: policy(1280) },
    'environments: found 20495 bytes in the policy of the artifact bucket, allowed is at most 20480',
  ],
  [
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(382) },
    { PolicyDocument: policy(400) },
    'environments: found 6415 characters in a managed policy, allowed is at most 6144',
  ],
])('%s: at the limit, and beyond it', (type, within, beyond, message) => {
  expect(() => check({ type, properties: within })).not.toThrow();
  expect(() => check({ type, properties: beyond })).toThrow(new DescriptionError(`delivery.ts: ${message}`));
});

test('the inline policies of a role count together', () => {
  const inline = (statements: number) => ({
    type: 'AWS::IAM::Policy',
    properties: { Roles: ['deployer'], PolicyDocument: policy(statements) },
  });
  expect(() => check(inline(400))).not.toThrow();
  expect(() => check(inline(400), inline(400))).toThrow(
    'characters in the inline policies of the role deployer, allowed is at most 10240',
  );
});

test('a wave with more actions than a stage may have is refused, which CDK Pipelines would split', () => {
  const [beta, prod] = DESCRIPTION.environments;
  const wave = Array.from({ length: 13 }, (_, index) => ({ ...prod, name: `p${index}` }));
  const { app } = synthesize({ ...DESCRIPTION, environments: [beta, wave] });
  expect(() => checkLimits(app.synth(), 'delivery.ts')).toThrow(
    /^delivery\.ts: environments: found \d+ actions in the stage p0_p1_.*_p12, allowed is at most 50$/,
  );
});

/** Checks a stack of those resources and nothing else. */
function check(...resources: { type: string; properties: object }[]): void {
  const app = testApp();
  const stack = new Stack(app, 'Large');
  for (const [index, resource] of resources.entries()) new CfnResource(stack, `R${index}`, resource);
  checkLimits(app.synth(), 'delivery.ts');
}
