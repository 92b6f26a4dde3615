import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { randomHex } from '../random';
import { AwsError, type AwsService, type Operation, type ResourceProvider, type Scope } from '../service';
import { certificate } from './certificate-resource';
import { Certificates } from './certificates';
import type { Listener } from './listener';
import { LoadBalancer } from './load-balancer';
import { operations } from './operations';
import { resources } from './resources';
import { validActions, validRule } from './rule';
import type { Security } from './socket';
import { TargetGroup } from './target-group';
import { targetGroupSettings, whole } from './target-group-settings';

/** Elastic Load Balancing: Application Load Balancers as real proxies on loopback, with the certificates they show. */
export class ElasticLoadBalancing implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[];
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly certificates: Certificates;

  constructor(readonly scope: Scope) {
    this.operations = operations(this);
    this.certificates = new Certificates(scope);
    this.resources = [...resources(this), certificate(this.certificates)];
  }

  /** Resolves at the end of the draining of every target of that id; at once when there is none. */
  async deregistered(targetGroupArn: string, targetId: string): Promise<void> {
    await this.targetGroup(targetGroupArn).deregistered(targetId);
  }

  /** Resolves when the target passes its health checks; rejects when it is deregistered before. */
  async healthy(targetGroupArn: string, targetId: string): Promise<void> {
    await this.targetGroup(targetGroupArn).healthy(targetId);
  }

  async createLoadBalancer(input: Record<string, any>): Promise<LoadBalancer> {
    const name = validName(input.Name);
    if ((input.Type ?? 'application') !== 'application') {
      throw new AwsError(
        'ValidationError',
        `Type of ${name} is ${input.Type}; the rehearsal region plays application`,
      );
    }
    if ([...this.loadBalancers.values()].some((one) => one.name === name)) {
      throw new AwsError('DuplicateLoadBalancerName', `load balancer ${name} exists`);
    }
    const arn = this.arn(`loadbalancer/app/${name}/${randomHex(16)}`);
    const loadBalancer = await LoadBalancer.create(this.scope, name, arn, input, (group) =>
      this.targetGroups.get(group),
    );
    this.loadBalancers.set(arn, loadBalancer);
    return loadBalancer;
  }

  async deleteLoadBalancer(arn: string): Promise<void> {
    const loadBalancer = this.loadBalancers.get(arn);
    if (loadBalancer?.attributes['deletion_protection.enabled'] === 'true') {
      throw new AwsError('OperationNotPermitted', `${loadBalancer.name} is protected from deletion`);
    }
    this.loadBalancers.delete(arn);
    await loadBalancer?.close();
    this.arrange();
  }

  createTargetGroup(input: Record<string, any>): TargetGroup {
    const name = validName(input.Name);
    if ([...this.targetGroups.values()].some((one) => one.name === name)) {
      throw new AwsError('DuplicateTargetGroupName', `target group ${name} exists`);
    }
    const arn = this.arn(`targetgroup/${name}/${randomHex(16)}`);
    const group = new TargetGroup(this.scope, name, arn, targetGroupSettings(input));
    this.targetGroups.set(arn, group);
    return group;
  }

  deleteTargetGroup(arn: string): void {
    const group = this.targetGroups.get(arn);
    if (group?.inUse) {
      throw new AwsError('ResourceInUse', `a listener or rule forwards to target group ${group.name}`);
    }
    group?.end();
    this.targetGroups.delete(arn);
  }

  async createListener(loadBalancerArn: string, settings: Record<string, any>): Promise<Listener> {
    const loadBalancer = this.loadBalancer(loadBalancerArn);
    const valid = this.listenerSettings(settings);
    const listener = await loadBalancer.addListener(valid, await this.securityOf(valid));
    this.arrange();
    return listener;
  }

  async modifyListener(arn: string, changes: Record<string, any>): Promise<Listener> {
    const listener = this.listener(arn);
    const settings = this.listenerSettings({ ...listener.settings, ...changes });
    const security = await this.securityOf(settings);
    const moves = settings.Protocol !== listener.settings.Protocol;
    if (moves && listener.socket.taken(security ? 'https' : 'http'))
      throw new AwsError(
        'ValidationError',
        `another listener of ${settings.Protocol} shares the address of ${arn} in the rehearsal region; delete one, make another`,
      );
    listener.modify(settings, security);
    this.arrange();
    return listener;
  }

  async deleteListener(arn: string): Promise<void> {
    for (const loadBalancer of this.loadBalancers.values()) await loadBalancer.deleteListener(arn);
    this.arrange();
  }

  putRule(
    listener: Listener,
    rule: { arn?: string; priority: unknown; conditions: RuleCondition[]; actions: Action[] },
  ): string {
    validRule(rule.conditions, rule.actions);
    this.assertTargetGroups(rule.actions);
    const priority = whole({ Priority: rule.priority }, 'Priority', 1, 50_000);
    const arn = rule.arn ?? `${listener.arn.replace(':listener/', ':listener-rule/')}/${randomHex(16)}`;
    if (listener.sortedRules().some((one) => one.priority === priority && one.arn !== arn)) {
      throw new AwsError('PriorityInUse', `priority ${priority} is taken by another rule of the listener`);
    }
    listener.putRule({ ...rule, arn, priority });
    this.arrange();
    return arn;
  }

  deleteRule(arn: string): void {
    for (const listener of this.listeners()) listener.deleteRule(arn);
    this.arrange();
  }

  /** @throws AwsError LoadBalancerNotFound */
  loadBalancer(arn: string): LoadBalancer {
    const found = this.loadBalancers.get(arn);
    if (!found) throw new AwsError('LoadBalancerNotFound', `there is no load balancer ${arn}`);
    return found;
  }

  /** @throws AwsError TargetGroupNotFound */
  targetGroup(arn: string): TargetGroup {
    const found = this.targetGroups.get(arn);
    if (!found) throw new AwsError('TargetGroupNotFound', `there is no target group ${arn}`);
    return found;
  }

  /** @throws AwsError ListenerNotFound */
  listener(arn: string): Listener {
    const found = this.listeners().find((listener) => listener.arn === arn);
    if (!found) throw new AwsError('ListenerNotFound', `there is no listener ${arn}`);
    return found;
  }

  listeners(): Listener[] {
    return [...this.loadBalancers.values()].flatMap(({ listeners }) => [...listeners.values()]);
  }

  async stop(): Promise<void> {
    for (const group of this.targetGroups.values()) group.end();
    await Promise.all([...this.loadBalancers.values()].map((loadBalancer) => loadBalancer.close()));
  }

  /** Tells every target group which load balancers forward to it. */
  private arrange(): void {
    for (const group of this.targetGroups.values()) {
      const users = [...this.loadBalancers.values()].filter((one) => one.targetGroups().includes(group));
      group.usedBy(users.map((one) => one.arn));
    }
  }

  /** What a listener of HTTPS shows; undefined of one of HTTP. */
  private async securityOf({
    Protocol,
    Certificates = [],
    SslPolicy,
  }: Record<string, any>): Promise<Security | undefined> {
    if (Protocol !== 'HTTPS') return undefined;
    const [{ CertificateArn } = {} as any] = Certificates;
    if (!CertificateArn)
      throw new AwsError('ValidationError', 'A certificate must be specified for HTTPS listeners');
    const { certificate, key } = await this.certificates.get(CertificateArn);
    return { certificate, key, minVersion: oldestVersion(SslPolicy) };
  }

  private listenerSettings({ DefaultActions = [], Port, Protocol, ...rest }: Record<string, any>) {
    if (!['HTTP', 'HTTPS'].includes(Protocol)) {
      throw new AwsError('ValidationError', `Protocol is ${Protocol}; allowed are HTTP and HTTPS`);
    }
    validActions(DefaultActions);
    this.assertTargetGroups(DefaultActions);
    return { ...rest, DefaultActions, Protocol, Port: whole({ Port }, 'Port', 1, 65_535) };
  }

  private assertTargetGroups(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.TargetGroupArn) this.targetGroup(action.TargetGroupArn);
      for (const { TargetGroupArn } of action.ForwardConfig?.TargetGroups ?? []) {
        this.targetGroup(TargetGroupArn!);
      }
    }
  }

  private arn(resource: string): string {
    return `arn:aws:elasticloadbalancing:${this.scope.region}:${this.scope.accountId}:${resource}`;
  }
}

/**
 * The oldest version of TLS that a security policy lets in, by its name; of its ciphers nothing is played. Policies that let
 * in versions older than 1.2 are played as if they did not: this machine's TLS has none.
 */
function oldestVersion(policy = ''): Security['minVersion'] {
  return policy.startsWith('ELBSecurityPolicy-TLS13-1-3-') ? 'TLSv1.3' : 'TLSv1.2';
}

function validName(name: string | undefined): string {
  if (name && /^(?!-)[a-zA-Z0-9-]{1,32}(?<!-)$/.test(name)) return name;
  throw new AwsError(
    'ValidationError',
    `Name is ${JSON.stringify(name)}; allowed are 1 to 32 letters, digits and hyphens, none at either end`,
  );
}
