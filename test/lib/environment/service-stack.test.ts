import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { EnvironmentDescription } from '../../../lib/config/description';
import { DESCRIPTION, synthesize } from '../../support/synthesize';

const synthesized = synthesize();
const beta = synthesized.environment('beta');
const prod = synthesized.environment('prod');

test('the service stack', () => {
  expect(beta.toJSON()).toMatchSnapshot();
});

test('needs nothing looked up: the zones are chosen by CloudFormation', () => {
  const zones = Object.values(beta.findResources('AWS::EC2::Subnet')).map(
    ({ Properties }) => Properties.AvailabilityZone,
  );
  const select = (index: number) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
  expect(zones).toEqual([select(0), select(1), select(0), select(1)]);
  expect(synthesized.app.synth().manifest.missing).toBeUndefined();
});

test('no custom resource, and no function but the guard, whose code is in the template: no asset to publish', () => {
  expect(JSON.stringify(beta.toJSON())).not.toMatch(/Custom::|AWS::CloudFormation::CustomResource/);
  const functions = Object.values(beta.findResources('AWS::Lambda::Function'));
  expect(functions.map(({ Properties }) => Object.keys(Properties.Code))).toEqual([['ZipFile']]);
});

describe('the fleet', () => {
  test('has the capacity of the description and leaves the desired one to scaling', () => {
    prod.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '4',
      MaxSize: '8',
      DesiredCapacity: Match.absent(),
      HealthCheckType: 'ELB',
    });
  });

  test('scales only where it has room to', () => {
    prod.resourceCountIs('AWS::AutoScaling::ScalingPolicy', 1);
    beta.resourceCountIs('AWS::AutoScaling::ScalingPolicy', 0);
  });

  test('waits for the way out of its subnets before it starts instances', () => {
    const [group] = Object.values(beta.findResources('AWS::AutoScaling::AutoScalingGroup'));
    const waitsFor = group.DependsOn.map((id: string) => beta.toJSON().Resources[id].Type);
    expect(waitsFor.filter((type: string) => type === 'AWS::EC2::Route')).toHaveLength(2);
  });

  test('runs on encrypted gp3 volumes and asks for IMDSv2', () => {
    beta.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required' },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3' } }],
      },
    });
    beta.resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
  });

  test.each([
    ['t4g.small', 'arm64'],
    ['t3.small', 'x86_64'],
  ])('%s runs Amazon Linux 2023 for %s', (instanceType, architecture) => {
    const image = environmentWith({ instanceType }).findParameters('*', {
      Default: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-${architecture}`,
    });
    expect(Object.keys(image)).toHaveLength(1);
  });

  describe('at its first boot', () => {
    const [template] = Object.values(beta.findResources('AWS::EC2::LaunchTemplate'));
    const script: string = template.Properties.LaunchTemplateData.UserData['Fn::Base64']['Fn::Join'][1]
      .map((part: any) => part.Ref ?? part)
      .join('');
    const file = (path: string) =>
      new RegExp(`cat > "\\$root${path}" <<'END'\n(.*?)\nEND\n`, 's').exec(script)?.[1];

    test('installs the runtime and both agents, a pinned CodeDeploy agent last', () => {
      expect(script.split('\n').filter((line) => /^(#|root|set|dnf|amazon|systemctl)/.test(line))).toEqual([
        '#!/bin/bash',
        'root=$DESTDIR',
        'set -euo pipefail',
        'dnf install -y nodejs24 amazon-cloudwatch-agent',
        'amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/tidegate.json',
        expect.stringMatching(
          /^dnf install -y https:\/\/aws-codedeploy-AWS::Region\.s3\..*\/codedeploy-agent-[\d.]+-\d+\.noarch\.rpm$/,
        ),
        'systemctl enable --now codedeploy-agent',
      ]);
    });

    test('tells the service its name, its environment and its region', () => {
      expect(file('/etc/sysconfig/harbor')!.split('\n')).toEqual(
        expect.arrayContaining(['SERVICE_NAME=harbor', 'SERVICE_ENVIRONMENT=beta', 'AWS_REGION=AWS::Region']),
      );
    });

    test('has the service, the hook scripts and the first boot logged, each to a stream of the instance', () => {
      const [group] = Object.keys(
        beta.findResources('AWS::Logs::LogGroup', {
          Properties: { LogGroupName: '/tidegate/harbor/beta/instances' },
        }),
      );
      const { logs } = JSON.parse(file('/opt/aws/amazon-cloudwatch-agent/etc/tidegate.json')!);
      const entry = (file_path: string, stream: string) => ({
        file_path,
        log_group_name: group,
        log_stream_name: `${stream}/{instance_id}`,
      });
      expect(logs.logs_collected.files.collect_list).toEqual([
        entry('/var/log/harbor.log', 'service'),
        entry(
          '/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log',
          'deployments',
        ),
        entry('/var/log/cloud-init-output.log', 'first-boot'),
      ]);
    });

    test('has the log of the service rotated, for a process that keeps its file open', () => {
      expect(file('/etc/logrotate.d/harbor')).toMatch(
        /^\/var\/log\/harbor\.log \{\n {2}daily\n.* copytruncate\n\}$/s,
      );
    });

    test('fits into the user data that EC2 takes', () => {
      expect(Buffer.byteLength(script)).toBeLessThan(16 * 1024);
    });
  });

  test('measures CPU by the minute where scaling looks at it', () => {
    const monitoring = (enabled: boolean) => ({ LaunchTemplateData: { Monitoring: { Enabled: enabled } } });
    prod.hasResourceProperties('AWS::EC2::LaunchTemplate', monitoring(true));
    beta.hasResourceProperties('AWS::EC2::LaunchTemplate', monitoring(false));
  });

  test('writes its logs under the environment’s key, which CloudWatch Logs may use for that log group alone', () => {
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    beta.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { LogGroupName: '/tidegate/harbor/beta/instances', RetentionInDays: 90, KmsKeyId: key },
    });
    beta.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: key });
    beta.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: { 'Fn::Join': ['', Match.arrayWith(['logs.'])] } },
            Condition: {
              ArnLike: {
                'kms:EncryptionContext:aws:logs:arn': {
                  'Fn::Join': ['', Match.arrayWith([':log-group:/tidegate/harbor/beta/instances'])],
                },
              },
            },
          }),
        ]),
      },
    });
    const kept = synthesize({ ...DESCRIPTION, logRetentionDays: 365 }).environment('beta');
    kept.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/tidegate/harbor/beta/instances',
      RetentionInDays: 365,
    });
  });

  test('may be reached by the load balancer alone', () => {
    beta.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 8080,
      ToPort: 8080,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FleetSecurityGroup'), 'GroupId'] },
      SourceSecurityGroupId: {
        'Fn::GetAtt': [Match.stringLikeRegexp('^LoadBalancerSecurityGroup'), 'GroupId'],
      },
    });
    beta.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  });

  test('may write its logs and traces, read its revisions, decrypt them through S3, be managed by Systems Manager: nothing else', () => {
    const [policy] = Object.values(beta.findResources('AWS::IAM::Policy'));
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^LogsLogGroup/), 'Arn'] },
      },
      { Effect: 'Allow', Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Resource: '*' },
      expect.objectContaining({ Action: ['s3:GetObject', 's3:GetObjectVersion'] }),
      expect.objectContaining({
        Action: 'kms:Decrypt',
        Condition: {
          StringEquals: { 'kms:ViaService': expect.anything() },
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': expect.anything() },
        },
      }),
    ]);
    beta.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'ec2.amazonaws.com' } })],
      },
      ManagedPolicyArns: [
        { 'Fn::Join': ['', Match.arrayWith([':iam::aws:policy/AmazonSSMManagedInstanceCore'])] },
      ],
    });
  });

  test('reads the very bucket the pipeline writes', () => {
    const [bucket] = Object.values(synthesized.pipeline.findResources('AWS::S3::Bucket'));
    const [, name] = [bucket.Properties.BucketName['Fn::Join'], bucket.Properties.BucketName['Fn::Join'][1]];
    const [policy] = Object.values(beta.findResources('AWS::IAM::Policy'));
    const [, , read] = policy.Properties.PolicyDocument.Statement;
    expect(written(read.Resource)).toBe(`arn:AWS::Partition:s3:::${name.map(written).join('')}/*`);
  });
});

describe('the load balancer', () => {
  test('drops invalid headers, listens on port 80 and drains for 30 seconds', () => {
    beta.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internet-facing',
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
      ]),
    });
    beta.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
    beta.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      HealthCheckPath: '/health',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
  });
});

describe('the alarms', () => {
  const { environments } = DESCRIPTION;
  const template = synthesize({
    ...DESCRIPTION,
    alarms: { errorRatePercent: 2.5, latencyP99Milliseconds: 300, minimumRequestsPerMinute: 50 },
    environments: [{ ...environments[0], alarms: { latencyP99Milliseconds: 700 } }],
  }).environment('beta');

  test.each([
    [
      'error-rate',
      2.5,
      'IF((FILL(served, 0) + FILL(balancerErrors, 0)) >= 50, 100 * (FILL(targetErrors, 0) + FILL(balancerErrors, 0)) / (FILL(served, 0) + FILL(balancerErrors, 0)), 0)',
    ],
    ['latency-p99', 700, 'IF((FILL(served, 0) + FILL(balancerErrors, 0)) >= 50, 1000 * FILL(seconds, 0), 0)'],
    ['unhealthy-hosts', 1, 'IF((FILL(served, 0) + FILL(balancerErrors, 0)) >= 50, FILL(hosts, 0), 0)'],
  ])('%s: at %s in two minutes out of three with enough traffic', (name, Threshold, Expression) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `harbor-beta-${name}`,
      Threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
      Metrics: Match.arrayWith([Match.objectLike({ Expression, ReturnData: true })]),
    });
  });

  test('count the errors of the targets and of the load balancer itself', () => {
    expect(metrics('harbor-beta-error-rate')).toEqual({
      served: 'RequestCount Sum LoadBalancer,TargetGroup',
      targetErrors: 'HTTPCode_Target_5XX_Count Sum LoadBalancer,TargetGroup',
      balancerErrors: 'HTTPCode_ELB_5XX_Count Sum LoadBalancer',
    });
    expect(metrics('harbor-beta-latency-p99').seconds).toBe(
      'TargetResponseTime p99 LoadBalancer,TargetGroup',
    );
    expect(metrics('harbor-beta-unhealthy-hosts').hosts).toBe(
      'UnHealthyHostCount Maximum LoadBalancer,TargetGroup',
    );
  });

  /** Name, statistic and dimensions of each metric an alarm is made of, by its id. */
  function metrics(alarmName: string): Record<string, string> {
    const [alarm] = Object.values(
      template.findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmName: alarmName } }),
    );
    const stats = alarm.Properties.Metrics.filter((metric: any) => metric.MetricStat);
    return Object.fromEntries(
      stats.map(({ Id, MetricStat: { Metric, Stat } }: any) => [
        Id,
        `${Metric.MetricName} ${Stat} ${Metric.Dimensions.map((dimension: any) => dimension.Name).join(',')}`,
      ]),
    );
  }
});

describe('the deployment group', () => {
  test('deploys in place behind the load balancer and suspends what would disturb it', () => {
    beta.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      ApplicationName: { Ref: Match.stringLikeRegexp('Application') },
      DeploymentGroupName: 'harbor-beta',
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      LoadBalancerInfo: { TargetGroupInfoList: [Match.anyValue()] },
      AutoScalingGroups: [Match.anyValue()],
      OutdatedInstancesStrategy: 'UPDATE',
      Ec2DeploymentOptions: {
        AutoScalingGroupProcessesToSuspend: [
          'Terminate',
          'AZRebalance',
          'InstanceRefresh',
          'ScheduledActions',
        ],
      },
    });
  });

  test('rolls back on failure, on a stop and on any of the alarms', () => {
    beta.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      AlarmConfiguration: {
        Enabled: true,
        Alarms: Object.keys(beta.findResources('AWS::CloudWatch::Alarm')).map((id) => ({
          Name: { Ref: id },
        })),
      },
    });
  });

  test.each(['OneAtATime', 'HalfAtATime'] as const)(
    '%s is the configuration of the action as of the group',
    (name) => {
      environmentWith({ deploymentConfiguration: name }).hasResourceProperties(
        'AWS::CodeDeploy::DeploymentGroup',
        {
          DeploymentConfigName: `CodeDeployDefault.${name}`,
        },
      );
    },
  );
});

describe('deployment configurations', () => {
  const zonal = { minimumHealthyPercent: 75, zonal: { monitorMinutes: 10, firstZoneMonitorMinutes: 30 } };

  test("CodeDeploy's own are there already", () => {
    beta.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 0);
  });

  test('a custom one goes zone by zone, and is the one of the group', () => {
    const template = environmentWith({ capacity: { min: 4, max: 8 }, deploymentConfiguration: zonal });
    const name = 'harbor-beta-min-75-percent-zonal-30-10';
    template.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 1);
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
      DeploymentConfigName: name,
      MinimumHealthyHosts: { Type: 'FLEET_PERCENT', Value: 75 },
      ZonalConfig: { FirstZoneMonitorDurationInSeconds: 1800, MonitorDurationInSeconds: 600 },
    });
    const [id] = Object.keys(template.findResources('AWS::CodeDeploy::DeploymentConfig'));
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { DeploymentConfigName: { Ref: id } });
  });

  test('one for rollbacks is declared beside it, not twice when it is the same', () => {
    const hosts = { minimumHealthyHosts: 1 };
    const names = (changes: Partial<EnvironmentDescription>) =>
      Object.values(environmentWith(changes).findResources('AWS::CodeDeploy::DeploymentConfig')).map(
        ({ Properties }) => Properties.DeploymentConfigName,
      );
    expect(names({ rollbackConfiguration: hosts })).toEqual(['harbor-beta-min-1-hosts']);
    expect(names({ rollbackConfiguration: hosts, deploymentConfiguration: hosts })).toEqual([
      'harbor-beta-min-1-hosts',
    ]);
  });
});

/** The stack of an environment that differs from beta in one thing. */
function environmentWith(changes: Partial<EnvironmentDescription>): Template {
  const environment = { ...DESCRIPTION.environments[0], ...changes };
  return synthesize({ ...DESCRIPTION, environments: [environment] }).environment('beta');
}

/** A template value as text, references by their name. */
function written(value: any): string {
  if (typeof value === 'string') return value;
  return value.Ref ?? value['Fn::Join'][1].map(written).join('');
}
