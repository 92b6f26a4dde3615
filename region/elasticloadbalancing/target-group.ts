import type {
  TargetGroup as Description,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Scope } from '../service';
import { validAttributes } from './attributes';
import { Target } from './target';
import { type TargetGroupSettings, targetGroupSettings } from './target-group-settings';

/** A target group: which targets there are, which of them take requests, and whose turn it is. */
export class TargetGroup {
  readonly attributes: Record<string, string> = {
    'deregistration_delay.timeout_seconds': '300',
    'load_balancing.algorithm.type': 'round_robin',
    'slow_start.duration_seconds': '0',
    'stickiness.enabled': 'false',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '86400',
  };
  /** ARNs of the load balancers whose listeners forward to this group. */
  private readonly loadBalancers = new Set<string>();
  private readonly targets = new Map<string, Target>();
  /** Those that are draining, some of which may have been registered anew meanwhile. */
  private readonly draining = new Set<Target>();
  private turn = 0;

  constructor(
    private readonly scope: Scope,
    readonly name: string,
    readonly arn: string,
    public settings: TargetGroupSettings,
  ) {}

  /** `targetgroup/name/0123456789abcdef`: the dimension of its metrics. */
  get fullName(): string {
    return this.arn.split(':').pop()!;
  }

  modify(input: Record<string, unknown>): void {
    this.settings = targetGroupSettings({ ...this.settings.input, ...input });
  }

  setAttributes(attributes: readonly { Key?: string; Value?: string }[]): void {
    Object.assign(this.attributes, validAttributes(attributes, this.attributes));
  }

  /** Which load balancers forward here decides whether the targets are checked at all. */
  usedBy(loadBalancerArns: readonly string[]): void {
    this.loadBalancers.clear();
    for (const arn of loadBalancerArns) this.loadBalancers.add(arn);
    for (const target of this.targets.values()) {
      if (target.state === 'draining') continue;
      if (this.inUse) target.begin();
      else target.suspend();
    }
  }

  get inUse(): boolean {
    return this.loadBalancers.size > 0;
  }

  register(descriptions: readonly TargetDescription[]): void {
    const targets = descriptions.map(({ Id, Port }) => {
      if (!Id) throw new AwsError('ValidationError', 'a target has no Id');
      this.address(Id);
      return { id: Id, port: Port ?? this.settings.port };
    });
    for (const { id, port } of targets) {
      const key = `${id}:${port}`;
      const before = this.targets.get(key);
      if (before && before.state !== 'draining') continue;
      const target = new Target(this.contextOf(), id, port);
      this.targets.set(key, target);
      if (this.inUse) target.begin();
    }
  }

  /** Begins the draining; a target without a port means all ports of it. */
  deregister(descriptions: readonly TargetDescription[]): void {
    for (const { Id, Port } of descriptions) {
      for (const [key, target] of this.targets) {
        if (target.id !== Id || (Port && target.port !== Port) || target.state === 'draining') continue;
        const gone = () => {
          this.draining.delete(target);
          if (this.targets.get(key) === target) this.targets.delete(key);
        };
        if (this.inUse) {
          this.draining.add(target);
          void target.drain().then(gone);
        } else {
          target.end();
          gone();
        }
      }
    }
  }

  /** Resolves when no target of that id is registered or draining. */
  async deregistered(id: string): Promise<void> {
    const targets = this.all().filter((target) => target.id === id);
    await Promise.all(targets.map((target) => target.until(() => this.ended(target))));
  }

  /** Resolves when every target of that id is healthy; rejects when it is taken out before. */
  async healthy(id: string): Promise<void> {
    const targets = this.all().filter((target) => target.id === id && target.state !== 'draining');
    if (targets.length === 0) throw new Error(`${id} is not registered with target group ${this.name}`);
    await Promise.all(
      targets.map(async (target) => {
        await target.until(() => ['healthy', 'draining'].includes(target.state) || this.ended(target));
        if (target.state !== 'healthy')
          throw new Error(`${id} was deregistered from target group ${this.name}`);
      }),
    );
  }

  /**
   * The target for the next request. Where no target is healthy and some are unhealthy, all unhealthy ones take
   * requests: the load balancer fails open.
   */
  next(): Target | undefined {
    const all = this.all();
    const healthy = all.filter((target) => target.state === 'healthy');
    const open = healthy.length > 0 ? healthy : all.filter((target) => target.state === 'unhealthy');
    if (open.length === 0) return undefined;
    this.turn = (this.turn + 1) % open.length;
    if (this.attributes['load_balancing.algorithm.type'] === 'least_outstanding_requests') {
      return open.reduce((least, target) => (target.inFlight < least.inFlight ? target : least));
    }
    return open[this.turn];
  }

  all(): Target[] {
    return [...this.targets.values()];
  }

  describe(): Description {
    return {
      ...this.settings.describe(),
      TargetGroupArn: this.arn,
      TargetGroupName: this.name,
      LoadBalancerArns: [...this.loadBalancers],
    };
  }

  end(): void {
    for (const target of [...this.targets.values(), ...this.draining]) target.end();
    this.targets.clear();
  }

  private ended(target: Target): boolean {
    return target.state === 'unused' && target.describe().TargetHealth?.Reason === 'Target.NotRegistered';
  }

  private address(id: string): string {
    if (this.settings.targetType === 'ip') {
      if (/^127(\.\d{1,3}){3}$/.test(id)) return id;
      throw new AwsError(
        'InvalidTarget',
        `target ${id} is not on loopback, and the region goes nowhere else`,
      );
    }
    try {
      return this.scope.service('ec2').host(id).address;
    } catch (error) {
      throw new AwsError('InvalidTarget', (error as Error).message);
    }
  }

  private contextOf() {
    const group = this;
    return {
      scope: this.scope,
      targetGroupName: this.name,
      get healthCheck() {
        return group.settings.healthCheck;
      },
      get deregistrationDelay() {
        return Number(group.attributes['deregistration_delay.timeout_seconds']);
      },
      address: (id: string) => this.address(id),
    };
  }
}
