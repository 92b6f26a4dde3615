import { Validations } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ProofSettings } from '../../../lambda/rollback-proof/settings';
import { BUNDLE_PROOF } from '../../../lib/safety/rollback-proof-step';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';
import { stageOf } from '../gates/stages';

const [beta, prod] = DESCRIPTION.environments;
const gamma = { name: 'gamma', capacity: { min: 2, max: 4 }, rollbackProof: { paths: ['/', '/quote'] } };
const proven = synthesize({ ...DESCRIPTION, environments: [beta, gamma, prod] });
const [betaElsewhere, prodElsewhere] = ACROSS_ACCOUNTS.environments;
const elsewhere = synthesize({
  ...ACROSS_ACCOUNTS,
  environments: [betaElsewhere!, { ...gamma, account: '444444444444' }, prodElsewhere!],
});

const actionOf = ({ pipeline }: typeof proven) =>
  stageOf(pipeline, 'gamma').Actions.find(({ Name }: { Name: string }) => Name === 'RollbackProof');

/** The variables of the build, by name. */
function variables(from: typeof proven): Record<string, string> {
  const { EnvironmentVariables } = actionOf(from).Configuration;
  const text =
    typeof EnvironmentVariables === 'string'
      ? EnvironmentVariables
      : EnvironmentVariables['Fn::Join'][1]
          .map((part: any) => (typeof part === 'string' ? part : part.Ref))
          .join('');
  return Object.fromEntries(JSON.parse(text).map(({ name, value }: any) => [name, value]));
}

/** The statements of the role of the build. */
function statements({ pipeline }: typeof proven): any[] {
  const roles = Object.entries(pipeline.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.includes('RollbackProofRole'),
  );
  return roles.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

test('the proof comes after the stack and before the deployment, in that environment alone', () => {
  const names = (stage: string) => stageOf(proven.pipeline, stage).Actions.map(({ Name }: any) => Name);
  expect(names('gamma')).toEqual([
    'Tidegate-harbor-gamma.Prepare',
    'Tidegate-harbor-gamma.Deploy',
    'RollbackProof',
    'Deploy',
    'EndToEndTest',
    'Bake',
  ]);
  for (const stage of ['beta', 'prod']) expect(names(stage)).not.toContain('RollbackProof');
});

test('with a one-box it comes after its bake: the fleet is what is halved', () => {
  const { pipeline } = synthesize({ ...DESCRIPTION, environments: [{ ...gamma, oneBox: {} }, prod] });
  const names = stageOf(pipeline, 'gamma').Actions.map(({ Name }: any) => Name);
  expect(names.slice(2, 6)).toEqual(['OneBoxDeploy', 'OneBoxBake', 'RollbackProof', 'Deploy']);
});

test('it learns what to prove, where and how', () => {
  const { EXECUTION_ID, SERVICE_URL, ROLLBACK_PROOF } = variables(proven);
  expect(EXECUTION_ID).toBe('#{codepipeline.PipelineExecutionId}');
  expect(SERVICE_URL).toMatch(/^#\{.*\.Url\}$/);
  const [build] = stageOf(proven.pipeline, 'Build').Actions;
  const settings: ProofSettings = JSON.parse(ROLLBACK_PROOF!);
  expect(settings).toEqual({
    pipeline: 'tidegate-harbor',
    artifact: build.OutputArtifacts[0].Name,
    application: 'harbor-gamma',
    deploymentGroup: 'harbor-gamma',
    proofConfiguration: 'harbor-gamma-min-50-percent-zonal-300-300',
    rollbackConfiguration: 'CodeDeployDefault.HalfAtATime',
    requestsPerSecond: 10,
    paths: ['/', '/quote'],
    minutes: 1,
  });
});

test('its program is put beside the templates by the synthesis of the same commit, and nothing is installed', () => {
  const specs = ({ pipeline }: typeof proven) =>
    Object.values(pipeline.findResources('AWS::CodeBuild::Project')).map(({ Properties }) =>
      JSON.stringify(Properties.Source.BuildSpec ?? ''),
    );
  const synths = specs(proven).filter((spec) => spec.includes(BUNDLE_PROOF));
  expect(synths).toHaveLength(1);
  expect(specs(synthesize()).some((spec) => spec.includes('rollback-proof'))).toBe(false);

  const synth = stageOf(proven.pipeline, 'Build').Actions.find(({ Name }: any) => Name === 'Synth');
  expect(actionOf(proven).InputArtifacts).toEqual(synth.OutputArtifacts);
});

test('its configuration holds between the zones for hours, with half of the fleet or the own minimum in service', () => {
  const configuration = (environment: object, name: string, minimum: object) =>
    synthesize({ ...DESCRIPTION, environments: [{ ...gamma, ...environment }, prod] })
      .environment('gamma')
      .hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
        DeploymentConfigName: name,
        MinimumHealthyHosts: minimum,
        ZonalConfig: { FirstZoneMonitorDurationInSeconds: 18_000, MonitorDurationInSeconds: 18_000 },
      });
  configuration({}, 'harbor-gamma-min-50-percent-zonal-300-300', { Type: 'FLEET_PERCENT', Value: 50 });
  configuration(
    { deploymentConfiguration: { minimumHealthyHosts: 1, zonal: { monitorMinutes: 5 } } },
    'harbor-gamma-min-1-hosts-zonal-300-300',
    { Type: 'HOST_COUNT', Value: 1 },
  );
  proven.environment('beta').resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 0);
});

test('its build and what that may do', () => {
  const [id, project] = Object.entries(
    proven.pipeline.findResources('AWS::CodeBuild::Project', {
      Properties: { Description: Match.stringLikeRegexp('can be taken back in gamma') },
    }),
  )[0]!;
  expect({ id, ...project }).toMatchSnapshot();
  expect(statements(proven)).toMatchSnapshot();
});

test('an environment in another account is reached with a role there, and the build may do no more than take it', () => {
  const roleName = 'harbor-gamma-proof-eu-central-1';
  const { roleArn } = JSON.parse(variables(elsewhere).ROLLBACK_PROOF!);
  expect(roleArn).toBe(`arn:aws:iam::444444444444:role/${roleName}`);
  const actions = statements(elsewhere).flatMap(({ Action }) => Action);
  expect(actions).toContain('sts:AssumeRole');
  expect(actions.filter((action) => /^(codedeploy|autoscaling):/.test(action))).toEqual([]);

  const there = elsewhere.environment('gamma');
  there.hasResourceProperties('AWS::IAM::Role', {
    RoleName: roleName,
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({ Principal: { AWS: 'arn:aws:iam::111111111111:root' } })],
    },
  });
  const policies = Object.entries(there.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.startsWith('ProofRole'))!;
  const own = statements(proven).flatMap(({ Action }) => Action);
  const allowed = policy.Properties.PolicyDocument.Statement.flatMap(({ Action }: any) => Action);
  expect(allowed).toEqual(own.filter((action) => /^(codedeploy|autoscaling):/.test(action)));
});

test.each([
  ['in one account', proven],
  ['across accounts', elsewhere],
])('%s it has no finding of the AwsSolutions pack that is not acknowledged', (_, { app }) => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth({ force: true })).not.toThrow();
});
