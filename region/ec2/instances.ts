import type { Filter, Instance, InstanceStateName } from '@aws-sdk/client-ec2';
import type { Timer } from '../clock/clock';
import type { Host, Hosts } from '../hosts/host';
import { randomHex } from '../random';
import { AwsError, type AwsService, type Scope } from '../service';
import type { ServiceName } from '../services';
import { CpuUtilization } from './cpu-utilization';
import type { LaunchTemplateReference, LaunchTemplates } from './launch-templates';
import { readUserData } from './user-data';
import type { Zones } from './zones';

const STATE_CODES: Partial<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
};

/** EC2 shows a terminated instance for about an hour. */
const TERMINATED_SHOWN = 3600_000;

export interface LaunchOptions {
  readonly launchTemplate: LaunchTemplateReference;
  readonly subnetId?: string;
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
}

interface Kept {
  readonly description: Instance & { InstanceId: string };
  host?: Host;
}

/** The instances of one account and region; each one is a host. */
export class Instances {
  private readonly byId = new Map<string, Kept>();
  private readonly timers = new Set<Timer>();
  private readonly cpu: CpuUtilization;
  private stopped = false;

  constructor(
    private readonly scope: Scope,
    private readonly templates: LaunchTemplates,
    private readonly zones: Zones,
    private readonly hosts: () => Hosts,
  ) {
    this.cpu = new CpuUtilization(scope);
  }

  async launch({ launchTemplate, subnetId, tags = [] }: LaunchOptions) {
    const { data, version } = this.templates.resolve(launchTemplate);
    const { id: templateId } = this.templates.find(launchTemplate);
    const instanceId = `i-0${randomHex(16)}`;
    const ofTemplate = (data.TagSpecifications ?? [])
      .filter((specification: any) => specification.ResourceType === 'instance')
      .flatMap((specification: any) => specification.Tags ?? []);
    const templateTags = [
      { Key: 'aws:ec2launchtemplate:id', Value: templateId },
      { Key: 'aws:ec2launchtemplate:version', Value: String(version) },
    ];
    const kept: Kept = {
      description: {
        InstanceId: instanceId,
        ImageId: data.ImageId,
        InstanceType: data.InstanceType,
        LaunchTime: new Date(this.scope.clock.now()),
        SubnetId: subnetId,
        Placement: { AvailabilityZone: this.zones.ofSubnet(subnetId), Tenancy: 'default' },
        IamInstanceProfile: data.IamInstanceProfile,
        SecurityGroups: (data.SecurityGroupIds ?? []).map((GroupId: string) => ({ GroupId })),
        MetadataOptions: data.MetadataOptions,
        Monitoring: { State: data.Monitoring?.Enabled ? 'enabled' : 'disabled' },
        Tags: [...new Map([...ofTemplate, ...tags, ...templateTags].map((tag) => [tag.Key, tag])).values()],
      },
    };
    this.byId.set(instanceId, kept);
    this.setState(kept, 'pending');
    let host: Host;
    try {
      host = await this.hosts().launch({
        instanceId,
        userData: readUserData(data.UserData),
        call: (service, operation, input) => callAws(this.scope, service, operation, input),
      });
    } catch (error) {
      this.ended(kept);
      throw error;
    }
    kept.host = host;
    kept.description.PrivateIpAddress = host.address;
    void host.ended.then(() => this.ended(kept));
    this.setState(kept, 'running');
    void this.cpu.watch(kept.description, host);
    return { instanceId, host };
  }

  /** @throws AwsError InvalidInstanceID.NotFound when it does not exist or does not run */
  host(instanceId: string): Host {
    const kept = this.byId.get(instanceId);
    if (kept?.host && kept.description.State?.Name === 'running') return kept.host;
    const state = kept ? `is ${kept.description.State?.Name}` : 'does not exist';
    throw new AwsError('InvalidInstanceID.NotFound', `instance ${instanceId} ${state}`);
  }

  async terminate(instanceId: string): Promise<void> {
    const kept = this.find(instanceId);
    if (!['pending', 'running'].includes(kept.description.State?.Name ?? '')) return;
    this.setState(kept, 'shutting-down');
    await kept.host?.terminate();
    this.ended(kept);
  }

  describe(ids: readonly string[] = [], filters: readonly Filter[] = []): Instance[] {
    const chosen = ids.length > 0 ? ids.map((id) => this.find(id)) : [...this.byId.values()];
    return chosen
      .map((kept) => kept.description)
      .filter((instance) => filters.every((filter) => matches(instance, filter)));
  }

  tag(instanceId: string, tags: readonly { Key: string; Value: string }[]): void {
    const { description } = this.find(instanceId);
    const merged = new Map([...(description.Tags ?? []), ...tags].map((tag) => [tag.Key, tag]));
    description.Tags = [...merged.values()];
  }

  /** Ends the timers; the hosts end with {@link Hosts.stop}. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) timer.cancel();
    this.cpu.stop();
  }

  private find(instanceId: string): Kept {
    const kept = this.byId.get(instanceId);
    if (kept) return kept;
    throw new AwsError('InvalidInstanceID.NotFound', `instance ${instanceId} does not exist`);
  }

  private ended(kept: Kept): void {
    if (this.stopped || kept.description.State?.Name === 'terminated') return;
    this.setState(kept, 'terminated');
    const shown = this.scope.clock.after(TERMINATED_SHOWN, () => {
      this.timers.delete(shown);
      this.byId.delete(kept.description.InstanceId);
    });
    this.timers.add(shown);
  }

  private setState({ description, host }: Kept, state: InstanceStateName): void {
    const previous = description.State?.Name;
    description.State = { Code: STATE_CODES[state], Name: state };
    const { InstanceId, SubnetId, Placement } = description;
    this.scope.journal.append({
      source: 'ec2',
      type: 'InstanceStateChange',
      subject: InstanceId,
      message: `${InstanceId} is ${state}${state === 'running' ? ` at ${host?.address} (${host?.mode})` : ''}`,
      detail: {
        instanceId: InstanceId,
        state,
        previous,
        subnetId: SubnetId,
        availabilityZone: Placement?.AvailabilityZone,
        address: host?.address,
        mode: host?.mode,
      },
    });
    const { accountId, region } = this.scope;
    void this.scope.service('events').emit({
      source: 'aws.ec2',
      detailType: 'EC2 Instance State-change Notification',
      resources: [`arn:aws:ec2:${region}:${accountId}:instance/${InstanceId}`],
      detail: { 'instance-id': InstanceId, state },
    });
  }
}

/** What an instance's agents ask of AWS. */
async function callAws(scope: Scope, service: string, operation: string, input: object): Promise<unknown> {
  const called = (scope.service(service as ServiceName) as AwsService).operations[operation];
  if (called) return called(input);
  throw new AwsError('UnknownOperationException', `${service} has no operation ${operation}`);
}

function matches(instance: Instance, { Name, Values = [] }: Filter): boolean {
  const has = (value: string | undefined) => value !== undefined && Values.includes(value);
  const tags = instance.Tags ?? [];
  switch (Name) {
    case 'instance-state-name':
      return has(instance.State?.Name);
    case 'instance-id':
      return has(instance.InstanceId);
    case 'subnet-id':
      return has(instance.SubnetId);
    case 'availability-zone':
      return has(instance.Placement?.AvailabilityZone);
    case 'private-ip-address':
      return has(instance.PrivateIpAddress);
    case 'tag-key':
      return tags.some((tag) => has(tag.Key));
  }
  if (Name?.startsWith('tag:')) return tags.some((tag) => tag.Key === Name.slice(4) && has(tag.Value));
  throw new AwsError('InvalidParameterValue', `the filter ${Name} is not played by the rehearsal region`);
}
