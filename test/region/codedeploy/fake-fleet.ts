import { AutoScaling } from '../../../region/autoscaling/autoscaling';
import { groupSettings } from '../../../region/autoscaling/settings';
import { SteppedClock } from '../../../region/clock/clock';
import { CodeDeploy } from '../../../region/codedeploy/codedeploy';
import type { RollbackAlarms } from '../../../region/codedeploy/rollback';
import { Ec2 } from '../../../region/ec2/ec2';
import type { Host, LifecycleCommand, LifecycleOutcome } from '../../../region/hosts/host';
import { Journal } from '../../../region/journal/journal';
import { type TestScope, testScope } from '../../support/scope';

const base = testScope();
const running: { stop(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((service) => service.stop())));

/** What a fake host does with one lifecycle event. @default succeed */
export type Behaviour = (
  command: LifecycleCommand,
  instanceId: string,
) => LifecycleOutcome | Promise<LifecycleOutcome> | undefined;

export const failed = (
  message: string,
  scriptName = 'scripts/validate.sh',
  errorCode: NonNullable<LifecycleOutcome['diagnostics']>['errorCode'] = 'ScriptFailed',
): LifecycleOutcome => ({
  status: 'Failed',
  diagnostics: { errorCode, scriptName, message, logTail: '[stderr]no' },
});

/** An application with one deployment group on an Auto Scaling group of fake hosts, with fake neighbours. */
export async function fakeFleet({
  size = 2,
  max = 10,
  group = {} as object,
  rollbackAlarms = undefined as RollbackAlarms | undefined,
} = {}) {
  const commands: (LifecycleCommand & { instanceId: string })[] = [];
  const alarms = new Map<string, string>();
  const events: any[] = [];
  const registered = new Set<string>();
  const traffic: string[] = [];
  const messages: any[] = [];
  const missing = new Set<string>();
  const fleet = {
    behaviour: (() => undefined) as Behaviour,
    healthy: async (_id: string) => {},
    /** Region of the bucket with the revisions. */
    bucketRegion: 'us-east-1',
  };

  const ends: (() => void)[] = [];
  const launch = async ({ instanceId }: { instanceId: string }): Promise<Host> => {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    ends.push(end);
    return {
      instanceId,
      mode: 'process',
      address: '127.0.0.1',
      ended,
      terminate: async () => end(),
      cpuTime: async () => undefined,
      run: async (command) => {
        commands.push({ ...command, instanceId });
        return (await fleet.behaviour(command, instanceId)) ?? { status: 'Succeeded' };
      },
    };
  };

  const fakes: Record<string, unknown> = {
    events: { emit: async (event: unknown) => void events.push(event) },
    s3: {
      operations: { HeadBucket: () => ({ BucketRegion: fleet.bucketRegion }) },
      read: async (_bucket: string, key: string) => {
        if (missing.has(key)) throw new Error('NoSuchKey');
        return Buffer.from(key);
      },
    },
    sns: { operations: { Publish: async (input: unknown) => void messages.push(input) } },
    cloudwatch: {
      operations: {
        DescribeAlarms: ({ AlarmNames }: { AlarmNames: string[] }) => ({
          MetricAlarms: AlarmNames.filter((name) => alarms.has(name)).map((AlarmName) => ({
            AlarmName,
            StateValue: alarms.get(AlarmName),
            StateReason: 'errors',
          })),
        }),
      },
    },
    elasticloadbalancing: {
      operations: {
        DescribeTargetGroups: ({ Names }: { Names: string[] }) => ({
          TargetGroups: Names.map((TargetGroupName) => ({
            TargetGroupName,
            TargetGroupArn: `arn:${TargetGroupName}`,
            TargetType: TargetGroupName === 'by-ip' ? 'ip' : 'instance',
          })),
        }),
        DescribeTargetHealth: () => ({
          TargetHealthDescriptions: [...registered].map((Id) => ({ Target: { Id }, TargetHealth: {} })),
        }),
        RegisterTargets: ({ Targets }: any) => {
          registered.add(Targets[0].Id);
          traffic.push(`allow ${Targets[0].Id}`);
        },
        DeregisterTargets: ({ Targets }: any) => {
          registered.delete(Targets[0].Id);
          traffic.push(`block ${Targets[0].Id}`);
        },
      },
      deregistered: async () => {},
      healthy: async (_arn: string, id: string) => fleet.healthy(id),
    },
  };
  const clock = new SteppedClock();
  const scope: TestScope = {
    ...base,
    clock,
    journal: new Journal(clock),
    service: (name) => fakes[name] as any,
  };
  const ec2 = new Ec2(scope, () => ({
    mode: 'process',
    launch,
    stop: async () => ends.forEach((end) => void end()),
  }));
  const autoscaling = new AutoScaling(scope);
  const codedeploy = new CodeDeploy(scope, rollbackAlarms);
  running.push(codedeploy, autoscaling, ec2);
  Object.assign(fakes, { ec2, autoscaling, codedeploy });

  const { id: LaunchTemplateId } = ec2.templates.create('template', { InstanceType: 't4g.small' });
  autoscaling
    .create(
      'fleet',
      groupSettings({
        MinSize: size,
        MaxSize: max,
        LaunchTemplate: { LaunchTemplateId, Version: '$Latest' },
        VPCZoneIdentifier: 'subnet-1,subnet-2',
        TargetGroupARNs: [],
      }),
    )
    .reconcile('test');
  await autoscaling.group('fleet').stable();

  codedeploy.applications.create('app');
  await codedeploy.applications.createGroup({
    applicationName: 'app',
    deploymentGroupName: 'group',
    serviceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
    autoScalingGroups: ['fleet'],
    ...group,
  });

  const call = (operation: string, input: object): any => codedeploy.operations[operation]!(input);
  const revision = (key: string) => ({
    revisionType: 'S3',
    s3Location: { bucket: 'releases', key, bundleType: 'zip', version: '1', eTag: 'etag' },
  });
  /** Starts a deployment of the revision with that key. */
  const start = async (key: string, more: object = {}): Promise<string> =>
    (
      await call('CreateDeployment', {
        applicationName: 'app',
        deploymentGroupName: 'group',
        revision: revision(key),
        ...more,
      })
    ).deploymentId;
  return {
    ...{
      scope,
      ec2,
      autoscaling,
      codedeploy,
      commands,
      alarms,
      events,
      registered,
      traffic,
      messages,
      missing,
    },
    fleet,
    call,
    revision,
    start,
    /** Deploys the revision with that key and waits for the end. */
    deploy: async (key: string, more: object = {}) => codedeploy.finished(await start(key, more)),
    instanceIds: (): string[] =>
      autoscaling
        .group('fleet')
        .describe()
        .Instances!.map((instance) => instance.InstanceId!),
    /** The revision that the instance's last Install event was given. */
    installed: (instanceId: string) =>
      commands.filter((one) => one.instanceId === instanceId && one.event === 'Install').at(-1)?.bundle.key,
  };
}
