import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { DeliveryDescription } from '../../../lib/config/description';
import { NotificationTopic } from '../../../lib/insight/notification-topic';
import { ACROSS_ACCOUNTS, DESCRIPTION, synthesize } from '../../support/synthesize';

const { pipeline, environment } = synthesize();
const prod = environment('prod');
/** Those that notify nobody themselves. */
const RELEASE_ALARM = { Properties: { AlarmActions: Match.absent() } };

describe('a notification topic', () => {
  const template = topic();

  test('is encrypted with a key of its own that CloudWatch and publishers may use through SNS', () => {
    template.hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'told',
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TopicKey'), 'Arn'] },
    });
    const use = { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Effect: 'Allow', Resource: '*' };
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          {
            ...use,
            Principal: { AWS: '*' },
            Condition: {
              StringEquals: {
                'kms:CallerAccount': [{ Ref: 'AWS::AccountId' }],
                'kms:ViaService': Match.anyValue(),
              },
            },
          },
          { ...use, Principal: { Service: 'cloudwatch.amazonaws.com' } },
        ]),
      },
    });
  });

  test('takes no message without TLS, and from CloudWatch only the account’s own alarms', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  function topic(): Template {
    const stack = new Stack(new App(), 'Stack');
    new NotificationTopic(stack, 'Topic', { topicName: 'told' });
    return Template.fromStack(stack);
  }
});

describe('the alarm of an environment', () => {
  test('goes off when one of the release alarms does, and tells the topic', () => {
    prod.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmName: 'harbor-prod-release',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^InsightNotifications') }],
    });
    const [{ Properties }] = Object.values(prod.findResources('AWS::CloudWatch::CompositeAlarm')) as any;
    const rule = JSON.stringify(Properties.AlarmRule);
    const alarms = Object.keys(prod.findResources('AWS::CloudWatch::Alarm', RELEASE_ALARM));
    for (const id of alarms) expect(rule).toContain(id);
    expect(rule.match(/ALARM\(/g)).toHaveLength(alarms.length);
    expect(rule.match(/ OR /g)).toHaveLength(alarms.length - 1);
  });

  test('is the only one of them that tells anybody', () => {
    prod.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() }, 3);
    prod.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { AlarmActions: Match.anyValue() }, 1);
  });
});

describe('the alarm on a drop of the traffic', () => {
  test('compares the requests of the load balancer with the lower bound of what is usual, and tells the topic', () => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'harbor-prod-traffic-drop',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^InsightNotifications') }],
      ComparisonOperator: 'LessThanLowerThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      ThresholdMetricId: 'expr_1',
      Metrics: [
        { Id: 'expr_1', Expression: 'ANOMALY_DETECTION_BAND(m0, 3)', ReturnData: true },
        { Id: 'm0', Expression: 'FILL(requests, 0)', ReturnData: true },
        {
          Id: 'requests',
          MetricStat: {
            Metric: {
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'LoadBalancer', Value: { 'Fn::GetAtt': [Match.anyValue(), 'LoadBalancerFullName'] } },
              ],
            },
            Period: 300,
            Stat: 'Sum',
          },
          ReturnData: false,
        },
      ].map((query) => Match.objectLike(query)),
    });
  });

  test('rolls nothing back and holds nothing', () => {
    const name = 'harbor-prod-traffic-drop';
    for (const type of [
      'AWS::CodeDeploy::DeploymentGroup',
      'AWS::CloudWatch::CompositeAlarm',
      'AWS::Events::Rule',
    ])
      expect(JSON.stringify(prod.findResources(type))).not.toMatch(/InsightTraffic|traffic-drop/);
    expect(JSON.stringify(pipeline)).not.toContain(name);
  });

  test('is for production, unless the description says otherwise', () => {
    const [beta, production] = DESCRIPTION.environments;
    const widths = (template: Template) =>
      JSON.stringify(template.findResources('AWS::CloudWatch::Alarm')).match(/BAND\(m0, \d+\)/g) ?? [];
    expect(widths(environment('beta'))).toEqual([]);
    const other = synthesize({
      ...DESCRIPTION,
      environments: [
        { ...beta, trafficDropDeviations: 5 },
        { ...production, trafficDropDeviations: false },
      ],
    });
    expect(widths(other.environment('beta'))).toEqual(['BAND(m0, 5)']);
    expect(widths(other.environment('prod'))).toEqual([]);
    expect(body(other.environment('prod'), 'harbor-prod-service')).not.toContain('usual');
  });
});

describe('who is told', () => {
  const told = {
    email: ['team@example.com'],
    authors: ['ada@example.com', 'team@example.com'],
    chat: { workspaceId: 'T0123456789', channelId: 'C0123456789' },
  };
  const some = synthesize({ ...DESCRIPTION, notifications: told });

  test('nobody, unless the description says so', () => {
    for (const template of [pipeline, prod]) {
      template.resourceCountIs('AWS::SNS::Subscription', 0);
      template.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
    }
  });

  test('by e-mail: the team of everything, an author of failures of their own', () => {
    some.environment('prod').hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'team@example.com',
      FilterPolicy: Match.absent(),
    });
    const subscriptions = Object.values(some.pipeline.findResources('AWS::SNS::Subscription'));
    expect(subscriptions.map(({ Properties }) => [Properties.Endpoint, Properties.FilterPolicy])).toEqual([
      ['team@example.com', undefined],
      ['ada@example.com', { author: ['ada@example.com'] }],
    ]);
  });

  test("in chat: of the pipeline and of the environments in its account's region", () => {
    const arns = (template: Template): any[] => {
      const [{ Properties }] = Object.values(
        template.findResources('AWS::Chatbot::SlackChannelConfiguration'),
      ) as any;
      expect(Properties).toMatchObject({ SlackWorkspaceId: 'T0123456789', SlackChannelId: 'C0123456789' });
      return Properties.SnsTopicArns;
    };
    expect(JSON.stringify(arns(some.pipeline))).toMatch(
      /harbor-beta-notifications.*harbor-prod-notifications/,
    );
    expect(arns(synthesize({ ...ACROSS_ACCOUNTS, notifications: told }).pipeline)).toHaveLength(1);
  });
});

describe('the functions', () => {
  test('are told of the delivery', () => {
    const variables = functions().map(({ Properties }) => Properties.Environment.Variables);
    for (const { DELIVERY } of variables)
      expect(DELIVERY['Fn::Join'][1].join('')).toMatch(
        /"pipeline":"tidegate-harbor","repository":"harbor".*"name":"prod","stage":"prod","inWave":false,"application":"harbor-prod"/,
      );
    expect(variables).toHaveLength(2);
  });

  test('see the ends of executions, and the deployments of this delivery', () => {
    pipeline.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.codepipeline'],
        detail: {
          pipeline: ['tidegate-harbor'],
          state: ['SUCCEEDED', 'FAILED', 'STOPPED', 'SUPERSEDED', 'CANCELED'],
        },
      },
    });
    pipeline.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.codedeploy'], detail: { application: ['harbor-beta', 'harbor-prod'] } },
    });
  });

  test('may read one pipeline, one repository, these deployment groups and alarms, and no more', () => {
    const policies = Object.values(pipeline.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      Properties.PolicyName.startsWith('Insight'),
    );
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(policies).toHaveLength(2);
    expect(JSON.stringify(statements)).not.toMatch(/\*"/);
    expect(JSON.stringify(statements)).toMatch(/deploymentgroup:harbor-prod\/harbor-prod/);
  });

  test('see the deployment group of a one-box too', () => {
    const [beta, prod] = DESCRIPTION.environments;
    const { pipeline } = synthesize({ ...DESCRIPTION, environments: [beta, { ...prod, oneBox: {} }] });
    expect(JSON.stringify(pipeline.findResources('AWS::IAM::Policy'))).toContain(
      'deploymentgroup:harbor-prod/harbor-prod-one-box',
    );
    expect(JSON.stringify(functions(pipeline))).toContain('harbor-prod-one-box');
  });

  test('with a repository elsewhere, read no commits', () => {
    const source = {
      connectionArn:
        'arn:aws:codeconnections:us-east-1:111111111111:connection/c0ffee00-0000-4000-8000-000000000000',
      repository: 'team/harbor',
    };
    const template = synthesize({ ...DESCRIPTION, source } as DeliveryDescription).pipeline;
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('codecommit:GetCommit');
    expect(JSON.stringify(functions(template))).not.toContain('repository');
  });

  test('with environments in other accounts alone, look at no deployments', () => {
    const { pipeline } = synthesize(ACROSS_ACCOUNTS);
    const policies = JSON.stringify(
      Object.entries(pipeline.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Insight')),
    );
    expect(policies).not.toContain('codedeploy:');
    expect(policies).toContain('codepipeline:ListActionExecutions');
  });

  function functions(template = pipeline) {
    return Object.entries(template.findResources('AWS::Lambda::Function'))
      .filter(([id]) => id.startsWith('Insight'))
      .map(([, resource]) => resource);
  }
});

describe('the dashboards', () => {
  test('of the service: its metrics and when releases came', () => {
    expect(body(prod, 'harbor-prod-service').match(/"title":"[^"]+"/g)).toEqual([
      '"title":"Alarms"',
      '"title":"Traffic [requests a minute]"',
      '"title":"Errors [requests a minute]"',
      '"title":"Latency [s]"',
      '"title":"Saturation: CPU [%]"',
      '"title":"Hosts"',
      '"title":"Releases"',
      '"title":"Traffic beside what is usual [requests in 5 minutes]"',
      '"title":"What the service writes"',
      '"title":"Revisions"',
    ]);
    expect(body(prod, 'harbor-prod-service')).toContain(
      '["Tidegate","Deployments","Environment","prod","Service","harbor",{"label":"deployed","period":60,"stat":"Sum"}]',
    );
  });

  test('of the delivery: to the last environment in figures, to each by day, and the builds of every project', () => {
    const text = body(pipeline, 'harbor-delivery');
    expect(text).toContain(
      '"LeadTime","Environment","prod","Service","harbor",{"label":"prod","period":86400,"stat":"p50"}',
    );
    expect(text).toContain('100 * FILL(failures_beta, 0) / changes_beta');
    const projects = Object.keys(pipeline.findResources('AWS::CodeBuild::Project'));
    expect(text.match(/"AWS\/CodeBuild","QueuedDuration"/g)).toHaveLength(projects.length);
  });

  test('are left out by configuration', () => {
    const without = synthesize({ ...DESCRIPTION, dashboards: false });
    for (const template of [without.pipeline, without.environment('prod')])
      template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('tracing', () => {
  const LINK =
    '#/traces?timeRange=PT1H&filter=service(%22harbor%22)%20AND%20annotation%5Botel.resource.deployment.environment.name%5D%20%3D%20%22prod%22%20AND%20fault';
  const text = (template: Template) => JSON.stringify(template.toJSON());

  test('the service and the CloudWatch agent of an instance know of each other, and how much is sampled', () => {
    const traced = text(synthesize({ ...DESCRIPTION, tracing: { samplePercent: 20 } }).environment('prod'));
    expect(traced).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318');
    expect(traced).toContain('OTEL_TRACES_SAMPLER_ARG=0.2\\n');
    expect(traced).toContain('OTEL_SERVICE_NAME=harbor');
    expect(traced).toContain('deployment.environment.name=prod');
    expect(traced).toContain('\\"otlp\\":{\\"http_endpoint\\":\\"127.0.0.1:4318\\"}');
  });

  test('the alarm and the dashboard lead to the failed requests of the environment', () => {
    const [alarm] = Object.values(prod.findResources('AWS::CloudWatch::CompositeAlarm'));
    expect(JSON.stringify(alarm.Properties.AlarmDescription)).toContain(LINK);
    expect(body(prod, 'harbor-prod-service')).toContain(LINK);
  });

  test('without it there is nothing of it', () => {
    const template = synthesize({ ...DESCRIPTION, tracing: false }).environment('prod');
    expect(text(template)).not.toMatch(/OTEL_|xray|X-Ray|otlp/i);
  });
});

/** The body of a dashboard, references left out. */
function body(template: Template, name: string): string {
  const [{ Properties }] = Object.values(
    template.findResources('AWS::CloudWatch::Dashboard', { Properties: { DashboardName: name } }),
  ) as any;
  return Properties.DashboardBody['Fn::Join'][1].filter((part: unknown) => typeof part === 'string').join('');
}
