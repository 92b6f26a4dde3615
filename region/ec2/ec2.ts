import type { Host, Hosts } from '../hosts/host';
import { createHosts } from '../hosts/hosts';
import type { AwsService, Operation, ResourceProvider, Scope } from '../service';
import { Instances, type LaunchOptions } from './instances';
import { LaunchTemplates } from './launch-templates';
import { operations } from './operations';
import { resources } from './resources';
import { Zones } from './zones';

/** Amazon EC2: an instance is a host; launch templates are kept by version; networks are recorded. */
export class Ec2 implements AwsService {
  readonly templates: LaunchTemplates;
  readonly zones: Zones;
  readonly instances: Instances;
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[];
  private started?: Hosts;

  constructor(
    readonly scope: Scope,
    private readonly makeHosts: () => Hosts = () =>
      createHosts(scope.folder('ec2'), scope.clock, scope.journal),
  ) {
    this.templates = new LaunchTemplates(scope);
    this.zones = new Zones(scope.region);
    this.instances = new Instances(scope, this.templates, this.zones, () => this.hosts());
    this.operations = operations(this);
    this.resources = resources(this);
  }

  /** Starts an instance; resolves when it runs. */
  launch(options: LaunchOptions): Promise<{ instanceId: string; host: Host }> {
    return this.instances.launch(options);
  }

  /** @throws AwsError InvalidInstanceID.NotFound */
  host(instanceId: string): Host {
    return this.instances.host(instanceId);
  }

  /** The availability zone that a subnet lies in; modelled, see {@link Zones}. */
  zoneOf(subnetId?: string): string {
    return this.zones.ofSubnet(subnetId);
  }

  async stop(): Promise<void> {
    this.instances.stop();
    await this.started?.stop();
  }

  private hosts(): Hosts {
    this.started ??= this.makeHosts();
    return this.started;
  }
}
