import type { Scope } from '../service';
import type { Exchange } from './proxy';
import type { TargetGroup } from './target-group';

const NAMESPACE = 'AWS/ApplicationELB';
/** How often the number of healthy and unhealthy hosts is taken, AWS milliseconds. */
const HOSTS_EVERY = 10_000;
/** Samples of one AWS second are handed on together. */
const FLUSH_EVERY = 1000;

type Dimensions = Readonly<Record<string, string>>;

interface Pending {
  readonly metricName: string;
  readonly dimensions: Dimensions;
  readonly unit: string;
  readonly counts: Map<number, number>;
}

/**
 * The metrics of one load balancer, measured from its real traffic.
 * @see Elastic Load Balancing User Guide: CloudWatch metrics for your Application Load Balancer
 */
export class TrafficMetrics {
  private readonly pending = new Map<string, Pending>();
  private readonly timers;

  constructor(
    private readonly scope: Scope,
    private readonly loadBalancer: string,
    private readonly targetGroups: () => readonly TargetGroup[],
  ) {
    this.timers = [
      scope.clock.every(FLUSH_EVERY, () => this.flush()),
      scope.clock.every(HOSTS_EVERY, () => this.hosts()),
    ];
  }

  /** A request that was given to a target. */
  exchange(targetGroup: TargetGroup, exchange: Exchange): void {
    if (exchange.kind === 'client-gone') return;
    this.both(targetGroup, 'RequestCount');
    this.add('RequestCountPerTarget', { TargetGroup: targetGroup.fullName }, 1 / healthyTargets(targetGroup));
    if (exchange.kind === 'answered') {
      this.both(targetGroup, `HTTPCode_Target_${Math.floor(exchange.status / 100)}XX_Count`);
      this.both(targetGroup, 'TargetResponseTime', exchange.responseTime, 'Seconds');
    } else if (exchange.kind === 'connection-failed') {
      this.both(targetGroup, 'TargetConnectionErrorCount');
    }
  }

  /** A response that the load balancer itself made. */
  own(status: number, kind: 'error' | 'redirect' | 'fixed-response'): void {
    const dimensions = { LoadBalancer: this.loadBalancer };
    if (kind !== 'error') {
      this.add(kind === 'redirect' ? 'HTTP_Redirect_Count' : 'HTTP_Fixed_Response_Count', dimensions);
      return;
    }
    this.add(`HTTPCode_ELB_${Math.floor(status / 100)}XX_Count`, dimensions);
    this.add(`HTTPCode_ELB_${status}_Count`, dimensions);
  }

  end(): void {
    for (const timer of this.timers) timer.cancel();
    this.flush();
  }

  private both(targetGroup: TargetGroup, metricName: string, value = 1, unit = 'Count'): void {
    const LoadBalancer = this.loadBalancer;
    this.add(metricName, { LoadBalancer }, value, unit);
    this.add(metricName, { TargetGroup: targetGroup.fullName, LoadBalancer }, value, unit);
  }

  private add(metricName: string, dimensions: Dimensions, value = 1, unit = 'Count'): void {
    const key = `${metricName}/${dimensions.TargetGroup}`;
    let pending = this.pending.get(key);
    if (!pending) {
      pending = { metricName, dimensions, unit, counts: new Map() };
      this.pending.set(key, pending);
    }
    pending.counts.set(value, (pending.counts.get(value) ?? 0) + 1);
  }

  private hosts(): void {
    for (const group of this.targetGroups()) {
      const targets = group.all();
      if (targets.length === 0) continue;
      const dimensions = { TargetGroup: group.fullName, LoadBalancer: this.loadBalancer };
      const count = (state: string) => targets.filter((target) => target.state === state).length;
      this.record('HealthyHostCount', dimensions, count('healthy'), 'Count');
      this.record('UnHealthyHostCount', dimensions, count('unhealthy'), 'Count');
    }
  }

  private flush(): void {
    for (const { metricName, dimensions, unit, counts } of this.pending.values()) {
      for (const [value, count] of counts) this.record(metricName, dimensions, value, unit, count);
    }
    this.pending.clear();
  }

  private record(metricName: string, dimensions: Dimensions, value: number, unit: string, count = 1): void {
    this.scope
      .service('cloudwatch')
      .record({ namespace: NAMESPACE, metricName, dimensions, value, unit, count });
  }
}

/** At least one: a request that was given to a target had one. */
function healthyTargets(targetGroup: TargetGroup): number {
  return Math.max(1, targetGroup.all().filter((target) => target.state === 'healthy').length);
}
