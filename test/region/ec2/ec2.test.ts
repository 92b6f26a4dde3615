import { Ec2 } from '../../../region/ec2/ec2';
import type { Host } from '../../../region/hosts/host';
import { testScope } from '../../support/scope';

const events: any[] = [];
const scope = testScope({ events: { emit: async (event: unknown) => void events.push(event) } });
let capacity = true;
const launch = async ({ instanceId }: { instanceId: string }): Promise<Host> => {
  if (!capacity) throw new Error('no capacity');
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    ...{ instanceId, ended, mode: 'process', address: '127.0.0.7' },
    terminate: async () => end(),
    cpuTime: async () => undefined,
    run: async () => ({ status: 'Succeeded' }),
  };
};
const ec2 = new Ec2(scope, () => ({ mode: 'process', launch, stop: async () => {} }));
const call = (operation: string, input: object = {}): any => ec2.operations[operation]!(input);
const template = ec2.resources.find(({ type }) => type === 'AWS::EC2::LaunchTemplate')!;
const context = { scope, stackName: 'stack', stackId: 'arn', logicalId: 'Template', tags: {} };

test('a launch template is kept by version', async () => {
  const { physicalId, attributes } = await template.create(
    { LaunchTemplateName: 'web', LaunchTemplateData: { InstanceType: 't4g.small' } },
    context,
  );
  expect(physicalId).toMatch(/^lt-0[0-9a-f]{16}$/);
  expect(attributes).toMatchObject({ LatestVersionNumber: '1', DefaultVersionNumber: '1' });
  const updated = await template.update(
    physicalId,
    { LaunchTemplateData: { InstanceType: 't4g.large' } },
    {},
    context,
  );
  expect(updated.attributes).toMatchObject({ LatestVersionNumber: '2', DefaultVersionNumber: '1' });
  const types = (Versions: string[]) =>
    call('DescribeLaunchTemplateVersions', {
      LaunchTemplateId: physicalId,
      Versions,
    }).LaunchTemplateVersions.map((version: any) => version.LaunchTemplateData.InstanceType);
  expect([types(['$Latest']), types(['$Default']), types(['2'])]).toEqual([
    ['t4g.large'],
    ['t4g.small'],
    ['t4g.large'],
  ]);
  expect(() => types(['3'])).toThrow(/has no version 3; its latest is 2/);
});

test('an instance is a host: launched, described, tagged, terminated', async () => {
  const { physicalId } = await template.create(
    {
      LaunchTemplateName: 'fleet',
      LaunchTemplateData: {
        InstanceType: 't4g.small',
        TagSpecifications: [
          { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'one' }] },
          { ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'disk' }] },
        ],
      },
    },
    context,
  );
  const { instanceId, host } = await ec2.launch({
    launchTemplate: { LaunchTemplateId: physicalId, Version: '$Latest' },
    subnetId: 'subnet-1',
    tags: [{ Key: 'team', Value: 'tide' }],
  });
  expect(ec2.host(instanceId)).toBe(host);
  const found = (filter: object) =>
    call('DescribeInstances', { Filters: [filter] }).Reservations.flatMap((one: any) => one.Instances);
  expect(found({ Name: 'tag:team', Values: ['tide'] })).toEqual([
    expect.objectContaining({
      InstanceId: instanceId,
      State: { Code: 16, Name: 'running' },
      PrivateIpAddress: '127.0.0.7',
      Tags: expect.arrayContaining([
        { Key: 'Name', Value: 'one' },
        { Key: 'aws:ec2launchtemplate:version', Value: '1' },
      ]),
    }),
  ]);
  call('TerminateInstances', { InstanceIds: [instanceId] });
  await scope.journal.waitFor(
    ({ subject, detail }) => subject === instanceId && detail.state === 'terminated',
  );
  expect(events.map(({ detail }) => detail.state)).toEqual([
    'pending',
    'running',
    'shutting-down',
    'terminated',
  ]);
  expect(() => ec2.host(instanceId)).toThrow(/is terminated/);
  expect(found({ Name: 'instance-state-name', Values: ['running'] })).toEqual([]);
  expect(() => found({ Name: 'colour', Values: [] })).toThrow(/filter colour is not played/);
});

test('an instance that cannot be started is terminated', async () => {
  ec2.templates.create('none', {});
  capacity = false;
  await expect(ec2.launch({ launchTemplate: { LaunchTemplateName: 'none' } })).rejects.toThrow('no capacity');
  expect(ec2.instances.describe().map(({ State }) => State!.Name)).toEqual(['terminated', 'terminated']);
});

test('zones are named after the region, and look-ups of networks find nothing', () => {
  expect(call('DescribeAvailabilityZones').AvailabilityZones.map((zone: any) => zone.ZoneName)).toEqual([
    'us-east-1a',
    'us-east-1b',
    'us-east-1c',
  ]);
  expect(call('DescribeVpcs')).toEqual({ Vpcs: [] });
});
