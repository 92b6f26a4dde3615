import http from 'node:http';
import type {
  TargetHealthDescription,
  TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Timer } from '../clock/clock';
import type { Scope } from '../service';
import { type HealthCheckSettings, type ProbeResult, probe } from './health-check';

/** What a target needs to know of its target group at any moment. */
export interface TargetContext {
  readonly scope: Scope;
  readonly targetGroupName: string;
  readonly healthCheck: HealthCheckSettings;
  /** Seconds of AWS time. */
  readonly deregistrationDelay: number;
  /** Throws when the target does not run. */
  address(id: string): string;
}

/** One registered target: its health by real requests, its connections, its draining. */
export class Target {
  state: TargetHealthStateEnum = 'unused';
  /** Requests that it has been given and not yet answered. */
  inFlight = 0;
  readonly agent = new http.Agent({ keepAlive: true, maxFreeSockets: 256 });
  private reason?: string = 'Target.NotInUse';
  private description?: string;
  private consecutive = { ok: 0, failed: 0 };
  private checks?: Timer;
  private readonly limits: Timer[] = [];
  private checking = false;
  private readonly watchers = new Set<() => void>();
  private readonly exchanges = new Set<() => void>();

  constructor(
    private readonly context: TargetContext,
    readonly id: string,
    readonly port: number,
  ) {}

  get address(): string {
    return this.context.address(this.id);
  }

  /** Begins the health checks: a listener forwards to the target group. */
  begin(): void {
    if (this.checks) return;
    this.consecutive = { ok: 0, failed: 0 };
    this.enter('initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress');
    this.checks = this.context.scope.clock.every(
      this.context.healthCheck.interval * 1000,
      () => void this.check(),
    );
  }

  /** Ends the health checks: no listener forwards to the target group any more. */
  suspend(): void {
    this.checks?.cancel();
    this.checks = undefined;
    this.enter('unused', 'Target.NotInUse', 'Target group is not configured to receive traffic');
  }

  /**
   * Takes no new requests and lets those in flight finish. AWS shows the target as draining for the whole
   * deregistration delay, even when nothing is in flight, and cuts off what is left after it. Requests are really
   * executed, so under a faster clock they are given the delay in wall time before they are cut off.
   */
  drain(): Promise<void> {
    const { scope, deregistrationDelay } = this.context;
    this.checks?.cancel();
    this.checks = undefined;
    this.enter('draining', 'Target.DeregistrationInProgress', 'Target deregistration is in progress');
    const delay = deregistrationDelay * 1000;
    this.limits.push(
      scope.clock.deadline(delay, () => {
        for (const cut of this.exchanges) cut();
      }),
    );
    let over = delay === 0;
    if (!over) {
      this.limits.push(
        scope.clock.after(delay, () => {
          over = true;
          this.changed();
        }),
      );
    }
    return this.until(() => over && this.inFlight === 0).then(() => this.end());
  }

  /** Resolves when the condition holds; it is asked after every change. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  /** A request has been given to the target. @param cut ends it by force; @returns to be called at its end */
  take(cut: () => void): () => void {
    this.inFlight++;
    this.exchanges.add(cut);
    return () => {
      if (!this.exchanges.delete(cut)) return;
      this.inFlight--;
      if (this.state === 'draining') this.changed();
    };
  }

  end(): void {
    this.checks?.cancel();
    for (const limit of this.limits) limit.cancel();
    this.agent.destroy();
    this.enter('unused', 'Target.NotRegistered', 'Target is not registered to the target group');
  }

  describe(): TargetHealthDescription {
    return {
      Target: { Id: this.id, Port: this.port },
      HealthCheckPort:
        this.context.healthCheck.port === 'traffic-port' ? String(this.port) : this.context.healthCheck.port,
      TargetHealth: {
        State: this.state,
        Reason: this.reason as any,
        Description: this.description,
      },
    };
  }

  private async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    const { scope, healthCheck } = this.context;
    let address: string | undefined;
    try {
      address = this.address;
    } catch {
      // A stopped or terminated instance cannot be asked.
    }
    const result = address ? await probe(scope.clock, healthCheck, address, this.port) : undefined;
    this.checking = false;
    if (!this.checks) return;
    if (result) this.judge(result);
    else this.enter('unused', 'Target.InvalidState', 'Target is in the stopped or terminated state');
  }

  private judge(result: ProbeResult): void {
    const { healthCheck } = this.context;
    if (result.ok) {
      this.consecutive = { ok: this.consecutive.ok + 1, failed: 0 };
      // After its registration a target needs one success; after being unhealthy, as many as the threshold says.
      const needed = this.state === 'unhealthy' ? healthCheck.healthyThreshold : 1;
      if (this.consecutive.ok >= needed) this.enter('healthy');
    } else {
      this.consecutive = { ok: 0, failed: this.consecutive.failed + 1 };
      if (this.consecutive.failed >= healthCheck.unhealthyThreshold) {
        this.enter('unhealthy', result.reason, result.description);
      }
    }
  }

  private enter(state: TargetHealthStateEnum, reason?: string, description?: string): void {
    const before = this.state;
    this.state = state;
    this.reason = reason;
    this.description = description;
    if (before === state) return;
    const { scope, targetGroupName } = this.context;
    scope.journal.append({
      source: 'elasticloadbalancing',
      type: 'TargetHealthChange',
      subject: this.id,
      message: `${targetGroupName}: target ${this.id}:${this.port} is ${state}${description ? ` (${description})` : ''}`,
      detail: { targetGroupName, targetId: this.id, port: this.port, state, previous: before, reason },
    });
    this.changed();
  }

  private changed(): void {
    for (const look of [...this.watchers]) look();
  }
}
