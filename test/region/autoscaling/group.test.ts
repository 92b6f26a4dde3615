import { AutoScaling } from '../../../region/autoscaling/autoscaling';
import { SteppedClock } from '../../../region/clock/clock';
import { Ec2 } from '../../../region/ec2/ec2';
import type { Host } from '../../../region/hosts/host';
import { Journal } from '../../../region/journal/journal';
import { testScope } from '../../support/scope';

const base = testScope();
const running: { stop(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((service) => service.stop())));

/** An Auto Scaling service on fake hosts, with a fake load balancer. */
function played() {
  const clock = new SteppedClock();
  const ends = new Map<string, () => void>();
  const health = new Map<string, string>();
  const registered: string[] = [];
  const events: any[] = [];
  let launches = true;
  const fakes: Record<string, unknown> = {
    events: { emit: async (event: unknown) => void events.push(event) },
    elasticloadbalancing: {
      operations: {
        DescribeTargetHealth: () => ({
          TargetHealthDescriptions: [...health].map(([Id, State]) => ({
            Target: { Id },
            TargetHealth: { State },
          })),
        }),
        RegisterTargets: ({ Targets }: any) => {
          registered.push(Targets[0].Id);
          health.set(Targets[0].Id, 'healthy');
        },
        DeregisterTargets: ({ Targets }: any) => health.delete(Targets[0].Id),
      },
      deregistered: async () => {},
    },
  };
  const scope = {
    ...base,
    clock,
    journal: new Journal(clock),
    service: (name: string) => fakes[name] as any,
  };
  const launch = async ({ instanceId }: { instanceId: string }): Promise<Host> => {
    if (!launches) throw new Error('no capacity');
    const ended = new Promise<void>((resolve) => ends.set(instanceId, resolve));
    return {
      instanceId,
      mode: 'process',
      address: '127.0.0.1',
      ended,
      terminate: async () => ends.get(instanceId)!(),
      cpuTime: async () => undefined,
      run: async () => ({ status: 'Succeeded' }),
    };
  };
  const ec2 = new Ec2(scope, () => ({ mode: 'process', launch, stop: async () => {} }));
  const autoscaling = new AutoScaling(scope);
  Object.assign(fakes, { ec2, autoscaling });
  running.push(autoscaling, ec2);
  const { id: LaunchTemplateId } = ec2.templates.create('template', { InstanceType: 't4g.small' });
  const [provider, hookProvider] = autoscaling.resources as any[];
  const context = { scope, stackName: 'stack', stackId: 'arn', logicalId: 'Fleet', tags: {} };
  const properties = (more: object = {}) => ({
    AutoScalingGroupName: 'fleet',
    MinSize: '2',
    MaxSize: '4',
    LaunchTemplate: { LaunchTemplateId, Version: '1' },
    VPCZoneIdentifier: ['subnet-1', 'subnet-2'],
    TargetGroupARNs: ['arn:targets'],
    ...more,
  });
  return {
    ...{
      scope,
      clock,
      ec2,
      autoscaling,
      provider,
      hookProvider,
      context,
      properties,
      registered,
      health,
      ends,
    },
    events,
    refuseLaunches: () => {
      launches = false;
    },
    create: (more: object = {}) => provider.create(properties(more), context),
    call: (operation: string, input: object): any => autoscaling.operations[operation]!(input),
    instances: () => autoscaling.group('fleet').describe().Instances!,
    terminated: (id: string) =>
      scope.journal.waitFor(
        ({ type, subject, detail }) =>
          type === 'LifecycleStateChange' && subject === id && detail.state === 'Terminated',
      ),
  };
}

test('a template without a desired capacity gets the minimum, in service, registered and spread over zones', async () => {
  const { create, instances, registered, autoscaling } = played();
  expect(await create()).toMatchObject({
    physicalId: 'fleet',
    attributes: { AutoScalingGroupARN: expect.stringMatching(/autoScalingGroupName\/fleet$/) },
  });
  expect(instances().map(({ LifecycleState }) => LifecycleState)).toEqual(['InService', 'InService']);
  expect(registered).toEqual(instances().map(({ InstanceId }) => InstanceId));
  expect(new Set(instances().map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(2);
  expect(autoscaling.group('fleet').describe()).toMatchObject({ MinSize: 2, MaxSize: 4, DesiredCapacity: 2 });
});

test('an update without a desired capacity keeps the one that was set', async () => {
  const { create, provider, properties, context, call, instances, clock } = played();
  await create();
  call('SetDesiredCapacity', { AutoScalingGroupName: 'fleet', DesiredCapacity: 3 });
  await clock.advance(1000);
  await provider.update('fleet', properties({ MaxSize: '5' }), properties(), context);
  expect(instances()).toHaveLength(3);
});

test('scaling in takes from the zone with most instances', async () => {
  const { create, call, instances } = played();
  await create({ MinSize: '3' });
  const zones = instances().map(({ AvailabilityZone }) => AvailabilityZone);
  const crowded = zones.find((zone) => zones.filter((one) => one === zone).length === 2);
  call('UpdateAutoScalingGroup', { AutoScalingGroupName: 'fleet', MinSize: 2, DesiredCapacity: 2 });
  const left = instances().filter(({ LifecycleState }) => LifecycleState === 'InService');
  expect(left.map(({ AvailabilityZone }) => AvailabilityZone).sort()).toEqual([...new Set(zones)].sort());
  expect(left.filter(({ AvailabilityZone }) => AvailabilityZone === crowded)).toHaveLength(1);
});

test('an instance that vanished is replaced', async () => {
  const { create, instances, ends, clock, terminated } = played();
  await create();
  const lost = instances()[0]!.InstanceId!;
  ends.get(lost)!();
  await clock.advance(30_000);
  await terminated(lost);
  expect(instances().map(({ InstanceId }) => InstanceId)).not.toContain(lost);
  expect(instances()).toHaveLength(2);
});

test('an instance that its load balancer finds unhealthy is replaced after the grace period, if that counts', async () => {
  const { create, instances, health, clock, terminated } = played();
  await create({ HealthCheckType: 'ELB', HealthCheckGracePeriod: 300 });
  const ill = instances()[0]!.InstanceId!;
  health.set(ill, 'unhealthy');
  await clock.advance(270_000);
  expect(instances().map(({ InstanceId }) => InstanceId)).toContain(ill);
  await clock.advance(60_000);
  await terminated(ill);

  const other = played();
  await other.create();
  const tolerated = other.instances()[0]!.InstanceId!;
  other.health.set(tolerated, 'unhealthy');
  await other.clock.advance(3600_000);
  expect(other.instances().map(({ InstanceId }) => InstanceId)).toContain(tolerated);
});

test('a suspended Terminate keeps unhealthy instances; a suspended Launch launches none', async () => {
  const { create, instances, call, clock } = played();
  await create();
  call('SuspendProcesses', { AutoScalingGroupName: 'fleet', ScalingProcesses: ['Terminate', 'Launch'] });
  const [one] = instances();
  call('SetInstanceHealth', { InstanceId: one!.InstanceId, HealthStatus: 'Unhealthy' });
  call('SetDesiredCapacity', { AutoScalingGroupName: 'fleet', DesiredCapacity: 4 });
  await clock.advance(120_000);
  expect(instances().map(({ HealthStatus }) => HealthStatus)).toEqual(['Unhealthy', 'Healthy']);
  call('ResumeProcesses', { AutoScalingGroupName: 'fleet' });
  await clock.advance(60_000);
  expect(instances().map(({ HealthStatus }) => HealthStatus)).toEqual([
    'Healthy',
    'Healthy',
    'Healthy',
    'Healthy',
  ]);
});

test('a launch waits for its hook, and is abandoned by default when nobody answers', async () => {
  const { create, call, instances, clock, hookProvider, context, events } = played();
  await create();
  await hookProvider.create(
    {
      AutoScalingGroupName: 'fleet',
      LifecycleHookName: 'hook',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: '60',
    },
    context,
  );
  call('SetDesiredCapacity', { AutoScalingGroupName: 'fleet', DesiredCapacity: 3 });
  await clock.advance(1000);
  const waiting = instances().find(({ LifecycleState }) => LifecycleState === 'Pending:Wait')!.InstanceId!;
  expect(events.at(-1)).toMatchObject({
    detailType: 'EC2 Instance-launch Lifecycle Action',
    detail: { EC2InstanceId: waiting, LifecycleHookName: 'hook' },
  });
  await clock.advance(60_000);
  expect(instances().map(({ InstanceId }) => InstanceId)).not.toContain(waiting);
  await clock.advance(60_000);
  const next = instances().find(({ LifecycleState }) => LifecycleState === 'Pending:Wait')!.InstanceId!;
  call('CompleteLifecycleAction', {
    AutoScalingGroupName: 'fleet',
    LifecycleHookName: 'hook',
    InstanceId: next,
    LifecycleActionResult: 'CONTINUE',
  });
  await clock.advance(1000);
  expect(instances().find(({ InstanceId }) => InstanceId === next)!.LifecycleState).toBe('InService');
});

test('a group whose launches fail does not stabilize, and nothing of it stays', async () => {
  const { create, refuseLaunches, clock, autoscaling } = played();
  refuseLaunches();
  const created = expect(create()).rejects.toThrow(/did not stabilize: 0 of at least 2 .*no capacity/);
  await clock.advance(120_000);
  await created;
  expect(autoscaling.all()).toEqual([]);
});

test('deleting the group terminates its instances', async () => {
  const { create, provider, ec2, context } = played();
  await create();
  await provider.delete('fleet', {}, context);
  const states = ec2.instances.describe().map(({ State }) => State!.Name);
  expect(states).toEqual(['terminated', 'terminated']);
});

test.each([
  [{ MinSize: '5' }, /MinSize 5, DesiredCapacity 5 and MaxSize 4 do not fit/],
  [{ MinSize: 'two' }, /MinSize is "two"; allowed is a whole number from 0/],
  [{ LaunchTemplate: undefined }, /LaunchTemplate is missing/],
])('a group with %j is refused', async (more, message) => {
  await expect(played().create(more)).rejects.toThrow(message);
});

test.each([
  [
    'SuspendProcesses',
    { ScalingProcesses: ['Everything'] },
    /there is no process Everything; there are Launch/,
  ],
  ['SetDesiredCapacity', { DesiredCapacity: 9 }, /DesiredCapacity 9 and MaxSize 4 do not fit/],
  [
    'PutLifecycleHook',
    { LifecycleHookName: 'h', LifecycleTransition: 'x' },
    /LifecycleTransition of hook h is x/,
  ],
])('%s refuses %j', async (operation, input, message) => {
  const { create, call } = played();
  await create();
  expect(() => call(operation, { AutoScalingGroupName: 'fleet', ...input })).toThrow(message);
});
