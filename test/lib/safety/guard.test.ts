import { Match } from 'aws-cdk-lib/assertions';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';

const { environment, pipeline } = synthesize();
const prod = environment('prod');

describe('the guard of an environment', () => {
  test('is invoked when a release alarm goes off, and by no other change of it', () => {
    prod.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: ['errorrate', 'latencyp99', 'unhealthyhosts'].map((alarm) => ({
          'Fn::GetAtt': [Match.stringLikeRegexp(`^Alarms.*${alarm}`), 'Arn'],
        })),
        detail: { state: { value: ['ALARM'] } },
      },
    });
  });

  test('is invoked when a deployment has ended', () => {
    prod.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.codedeploy'],
        detail: {
          application: ['harbor-prod'],
          deploymentGroup: ['harbor-prod'],
          state: ['SUCCESS', 'FAILURE', 'STOP'],
        },
      },
    });
  });

  test.each([
    ['beta', 60],
    ['prod', 90],
  ])('rolls %s back for %d minutes, and never for fewer than the bake', (name, watchMinutes) => {
    const [beta, last] = DESCRIPTION.environments;
    const environments = [beta, { ...last, bakeMinutes: 90 }];
    expect(settings(synthesize({ ...DESCRIPTION, environments }).environment(name))).toMatchObject({
      application: `harbor-${name}`,
      fleet: {
        deploymentGroup: `harbor-${name}`,
        rollbackConfiguration: 'CodeDeployDefault.HalfAtATime',
      },
      watchMinutes,
      pipeline: { name: 'tidegate-harbor', stage: name },
    });
  });

  test('may deploy to its own group and close the way into its own stage, nothing else', () => {
    const written = (value: any): string =>
      typeof value === 'string'
        ? value
        : (value['Fn::Join']?.[1].map(written).join('') ?? `<${value.Ref ?? 'Arn'}>`);
    const grants = Object.values(prod.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .map(
        ({ Action, Resource }: any) =>
          `${[Action].flat().join(' ')} ${[Resource].flat().map(written).join(' ')}`,
      );
    const codedeploy = 'arn:<AWS::Partition>:codedeploy:<AWS::Region>:<AWS::AccountId>';
    const codepipeline = 'arn:<AWS::Partition>:codepipeline:<AWS::Region>:<AWS::AccountId>';
    const all = grants.join('\n');
    for (const [action, resource] of [
      ['codedeploy:CreateDeployment', `${codedeploy}:deploymentgroup:harbor-prod/harbor-prod`],
      ['codedeploy:GetDeploymentConfig', `${codedeploy}:deploymentconfig:CodeDeployDefault.HalfAtATime`],
      ['codepipeline:DisableStageTransition', `${codepipeline}:tidegate-harbor/prod`],
    ])
      expect(all).toMatch(new RegExp(`^.*${action}.* ${resource.replace(/[.$]/g, '\\$&')}$`, 'm'));
    expect(all).not.toContain('EnableStageTransition');
  });

  test('is the guard of the one-box too', () => {
    const [beta, last] = DESCRIPTION.environments;
    const environments = [beta, { ...last, oneBox: {} }];
    const withOneBox = synthesize({ ...DESCRIPTION, environments }).environment('prod');
    const { fleet, oneBox } = settings(withOneBox);

    expect(fleet.alarms).toHaveLength(3);
    expect(oneBox).toMatchObject({
      deploymentGroup: 'harbor-prod-one-box',
      rollbackConfiguration: 'CodeDeployDefault.OneAtATime',
    });
    expect([oneBox.alarms.length, oneBox.comparisonAlarms.length]).toEqual([3, 2]);
    withOneBox.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({
        detail: Match.objectLike({ deploymentGroup: ['harbor-prod', 'harbor-prod-one-box'] }),
      }),
    });
    const ofAlarms = Object.values(withOneBox.findResources('AWS::Events::Rule')).find(
      ({ Properties }) => Properties.EventPattern.source[0] === 'aws.cloudwatch',
    );
    expect(ofAlarms!.Properties.EventPattern.resources).toHaveLength(8);
  });

  test('keeps what it has told, and gives up before Lambda tries again', () => {
    prod.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/tidegate/harbor/prod/incidents',
      RetentionInDays: 545,
    });
    prod.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 50,
      Environment: { Variables: { RECORDS_LOG_GROUP: { Ref: Match.stringLikeRegexp('^GuardRecords') } } },
    });
  });

  test('closes its stage with a role of its own where the pipeline is in another account', () => {
    const across = synthesize(ACROSS_ACCOUNTS);
    const roleArn = 'arn:aws:iam::111111111111:role/harbor-prod-freeze';
    expect(settings(across.environment('prod')).pipeline).toMatchObject({
      region: 'eu-central-1',
      stage: 'prod',
    });
    across.environment('prod').hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn }]),
      },
    });
    across.pipeline.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'harbor-prod-freeze',
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { AWS: 'arn:aws:iam::333333333333:root' },
          }),
        ],
      },
    });
  });
});

test('a freeze is lifted when a release has come through the stage before, in every stage of an environment', () => {
  pipeline.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      'detail-type': ['CodePipeline Stage Execution State Change'],
      detail: { pipeline: [{ Ref: Match.stringLikeRegexp('CodePipeline') }], state: ['SUCCEEDED'] },
    },
  });
  const [lift] = Object.values(pipeline.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }: any) => [Action].flat().includes('codepipeline:EnableStageTransition'));
  expect(lift.Resource.map((resource: any) => resource['Fn::Join'][1].at(-1))).toEqual(['/beta', '/prod']);
});

/** What the stack tells its one guard, references by their name. */
function settings(template: typeof prod): any {
  const guards = Object.values(template.findResources('AWS::Lambda::Function')).filter(
    ({ Properties }) => Properties.Environment?.Variables.GUARD,
  );
  expect(guards).toHaveLength(1);
  const parts = guards[0]!.Properties.Environment.Variables.GUARD['Fn::Join'][1];
  return JSON.parse(parts.map((part: any) => part.Ref ?? part).join(''));
}
