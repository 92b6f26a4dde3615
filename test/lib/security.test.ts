import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { checkDescription } from '../../lib/config/check';
import { PipelineStack } from '../../lib/pipeline/pipeline-stack';
import { ACROSS_ACCOUNTS, DESCRIPTION, testApp } from '../support/synthesize';

const HTTPS = {
  domainName: 'harbor.example.com',
  certificate: 'arn:aws:acm:us-east-1:111111111111:certificate/7d2469ff-0000-4000-8000-000000000000',
};

describe.each([
  ['in one account', DESCRIPTION],
  ['across accounts and regions', ACROSS_ACCOUNTS],
  [
    'with every protection',
    {
      ...DESCRIPTION,
      environments: DESCRIPTION.environments.map((environment) => ({ ...environment, https: HTTPS })),
      security: {
        cloudTrail: true,
        guardDuty: true,
        inspector: true,
        protectBranch: { groups: ['developers'] },
      },
    },
  ],
  [
    'with an approval, a wave, a one-box and a deployment zone by zone',
    {
      ...DESCRIPTION,
      approveProduction: true,
      environments: [
        DESCRIPTION.environments[0],
        ['east', 'west'].map((name) => ({
          name,
          capacity: { min: 4, max: 8 },
          deploymentConfiguration: { minimumHealthyPercent: 50, zonal: { monitorMinutes: 10 } },
          oneBox: {},
        })),
      ],
    },
  ],
  [
    'that tells everybody',
    {
      ...DESCRIPTION,
      notifications: {
        email: ['team@example.com'],
        authors: ['ada@example.com'],
        chat: { workspaceId: 'T0123456789', channelId: 'C0123456789' },
      },
    },
  ],
])('a delivery %s', (_, description) => {
  const app = testApp();
  new PipelineStack(app, checkDescription(description, 'delivery.ts'));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  test('has no finding of the AwsSolutions pack that is not acknowledged', () => {
    expect(() => app.synth()).not.toThrow();
  });

  test('acknowledges each finding with a reason', () => {
    const acknowledged = app.node
      .findAll()
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const { data } of acknowledged)
      expect(Object.values(data)).toEqual([expect.stringMatching(/\w+ \w+ \w+/)]);
  });
});

test('the pack does find what is not acknowledged', () => {
  const app = testApp();
  new Bucket(new Stack(app, 'Careless'), 'Bucket');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  expect(() => app.synth()).toThrow('AwsSolutions-S1');
});
