import type { LoadBalancer as Description } from '@aws-sdk/client-elastic-load-balancing-v2';
import { randomHex } from '../random';
import type { Scope } from '../service';
import { validAttributes } from './attributes';
import { Listener } from './listener';
import { ListeningSocket, type Security } from './socket';
import type { TargetGroup } from './target-group';
import { TrafficMetrics } from './traffic-metrics';

/** An Application Load Balancer: a proxy of HTTP and HTTPS on loopback. */
export class LoadBalancer {
  readonly attributes: Record<string, string> = {
    'deletion_protection.enabled': 'false',
    'idle_timeout.timeout_seconds': '60',
    'routing.http2.enabled': 'true',
    'routing.http.drop_invalid_header_fields.enabled': 'false',
    'access_logs.s3.enabled': 'false',
  };
  readonly listeners = new Map<string, Listener>();
  private readonly metrics: TrafficMetrics;
  private readonly created: Date;

  private constructor(
    private readonly scope: Scope,
    readonly name: string,
    readonly arn: string,
    private readonly input: Record<string, any>,
    /** Of the first listener; held from the start, since the DNS name is known before there is one. */
    private readonly first: ListeningSocket,
    private readonly targetGroup: (arn: string) => TargetGroup | undefined,
  ) {
    this.created = new Date(scope.clock.now());
    this.metrics = new TrafficMetrics(scope, this.fullName, () => this.targetGroups());
  }

  static async create(
    scope: Scope,
    name: string,
    arn: string,
    input: Record<string, any>,
    targetGroup: (arn: string) => TargetGroup | undefined,
  ): Promise<LoadBalancer> {
    return new LoadBalancer(scope, name, arn, input, await ListeningSocket.open(), targetGroup);
  }

  /**
   * `127.0.0.1:54321`, so that `http://` or `https://` and this is a URL. The first listener of each answers there, whatever
   * its port.
   */
  get dnsName(): string {
    return `127.0.0.1:${this.first.port}`;
  }

  /** `app/name/0123456789abcdef`: the dimension of its metrics. */
  get fullName(): string {
    return this.arn.split('loadbalancer/')[1]!;
  }

  setAttributes(attributes: readonly { Key?: string; Value?: string }[]): void {
    Object.assign(this.attributes, validAttributes(attributes, this.attributes));
  }

  /** @param security of a listener of HTTPS */
  async addListener(settings: Listener['settings'], security?: Security): Promise<Listener> {
    const taken = this.first.taken(security ? 'https' : 'http');
    const socket = taken ? await ListeningSocket.open() : this.first;
    const arn = `${this.arn.replace(':loadbalancer/', ':listener/')}/${randomHex(16)}`;
    const context = {
      clock: this.scope.clock,
      metrics: this.metrics,
      idleTimeout: () => Number(this.attributes['idle_timeout.timeout_seconds']),
      targetGroup: this.targetGroup,
      portOf: (port: string) =>
        [...this.listeners.values()].find((one) => String(one.settings.Port) === port)?.socket.port,
    };
    const listener = new Listener(arn, this.arn, settings, socket, context, security);
    this.listeners.set(arn, listener);
    this.scope.journal.append({
      source: 'elasticloadbalancing',
      type: 'ListenerOpened',
      subject: arn,
      message: `${this.name}: the listener on port ${settings.Port} (${settings.Protocol}) answers at ${security ? 'https' : 'http'}://127.0.0.1:${socket.port}`,
      detail: { loadBalancer: this.name, listenerPort: settings.Port, port: socket.port },
    });
    return listener;
  }

  async deleteListener(arn: string): Promise<void> {
    const listener = this.listeners.get(arn);
    this.listeners.delete(arn);
    listener?.close();
    if (listener && listener.socket !== this.first) await listener.socket.close();
  }

  targetGroups(): TargetGroup[] {
    const arns = new Set([...this.listeners.values()].flatMap((listener) => listener.targetGroupArns()));
    return [...arns].flatMap((arn) => this.targetGroup(arn) ?? []);
  }

  describe(): Description {
    return {
      LoadBalancerArn: this.arn,
      LoadBalancerName: this.name,
      DNSName: this.dnsName,
      CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
      CreatedTime: this.created,
      Scheme: this.input.Scheme ?? 'internet-facing',
      Type: 'application',
      State: { Code: 'active' },
      IpAddressType: this.input.IpAddressType ?? 'ipv4',
      SecurityGroups: this.input.SecurityGroups ?? [],
      AvailabilityZones: (this.input.Subnets ?? []).map((SubnetId: string) => ({
        SubnetId,
        ZoneName: this.scope.service('ec2').zoneOf(SubnetId),
      })),
    };
  }

  async close(): Promise<void> {
    this.metrics.end();
    const sockets = new Set([this.first, ...[...this.listeners.values()].map((listener) => listener.socket)]);
    this.listeners.clear();
    await Promise.all([...sockets].map((socket) => socket.close()));
  }
}
