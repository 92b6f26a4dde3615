import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Action, Listener as Description } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clock } from '../clock/clock';
import { randomHex } from '../random';
import { forward } from './proxy';
import { applies, type Rule } from './rule';
import type { ListeningSocket, Security } from './socket';
import type { TargetGroup } from './target-group';
import type { TrafficMetrics } from './traffic-metrics';

export interface ListenerContext {
  readonly clock: Clock;
  readonly metrics: TrafficMetrics;
  /** Seconds. */
  readonly idleTimeout: () => number;
  readonly targetGroup: (arn: string) => TargetGroup | undefined;
  /** Where the load balancer's listener on that port really answers. */
  readonly portOf: (listenerPort: string) => number | undefined;
}

/** A listener: takes requests on its socket and does with them what its rules say. */
export class Listener {
  private readonly rules = new Map<string, Rule>();

  constructor(
    readonly arn: string,
    readonly loadBalancerArn: string,
    public settings: Omit<Description, 'DefaultActions'> & { DefaultActions: Action[] },
    readonly socket: ListeningSocket,
    private readonly context: ListenerContext,
    security?: Security,
  ) {
    this.listen(security);
  }

  /**
   * Takes new settings, of another protocol perhaps.
   * @param security of a listener of HTTPS
   */
  modify(settings: Listener['settings'], security?: Security): void {
    if (settings.Protocol !== this.settings.Protocol) this.close();
    this.settings = settings;
    this.listen(security);
  }

  putRule(rule: Rule): void {
    this.rules.set(rule.arn, rule);
  }

  deleteRule(arn: string): void {
    this.rules.delete(arn);
  }

  /** By priority, the smallest first; the default rule is not among them. */
  sortedRules(): Rule[] {
    return [...this.rules.values()].sort((a, b) => a.priority - b.priority);
  }

  /** ARNs of the target groups that the listener forwards to. */
  targetGroupArns(): string[] {
    const actions = [...this.settings.DefaultActions, ...this.sortedRules().flatMap((rule) => rule.actions)];
    return actions.flatMap((action) => forwards(action).map(({ arn }) => arn));
  }

  close(): void {
    if (this.protocol === 'https') this.socket.unsecure();
    else this.socket.handler = undefined;
  }

  private listen(security?: Security): void {
    const answer = (request: IncomingMessage, response: ServerResponse) => this.answer(request, response);
    if (security) this.socket.secureBy(security, answer);
    else this.socket.handler = answer;
  }

  private get protocol(): 'http' | 'https' {
    return this.settings.Protocol === 'HTTPS' ? 'https' : 'http';
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const rule = this.sortedRules().find((one) => applies(one, request));
    const actions = rule?.actions ?? this.settings.DefaultActions;
    // What is left of several actions decides; those before it are authentication, which is refused at creation.
    const action = actions.at(-1)!;
    if (action.Type === 'redirect') this.redirect(action, request, response);
    else if (action.Type === 'fixed-response') this.fixed(action, response);
    else void this.forward(action, request, response);
  }

  private async forward(action: Action, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, metrics, idleTimeout, targetGroup } = this.context;
    const group = targetGroup(byWeight(forwards(action)));
    const target = group?.next();
    if (!group || !target) return this.error(503, 'Service Temporarily Unavailable', response);
    const exchange = await forward(request, response, {
      clock,
      target,
      protocol: this.protocol,
      port: this.settings.Port!,
      idleTimeout: idleTimeout(),
      traceId: traceId(request, clock),
    }).catch(() => ({ kind: 'connection-failed' as const }));
    metrics.exchange(group, exchange);
    if (exchange.kind === 'connection-failed') this.error(502, 'Bad Gateway', response);
    if (exchange.kind === 'timed-out') this.error(504, 'Gateway Time-out', response);
  }

  private redirect(
    { RedirectConfig = {} as any }: Action,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    const { protocol } = this;
    const url = new URL(request.url ?? '/', `${protocol}://${request.headers.host ?? 'localhost'}`);
    const known: Record<string, string> = {
      protocol,
      host: url.hostname,
      port: url.port || (protocol === 'https' ? '443' : '80'),
      path: url.pathname.slice(1),
      query: url.search.slice(1),
    };
    const fill = (template: string) =>
      template.replace(/#\{(\w+)\}/g, (_, name: string) => known[name] ?? '');
    const { Protocol, Host, Port, Path, Query, StatusCode } = RedirectConfig;
    const query = fill(Query ?? '#{query}');
    const host = fill(Host ?? '#{host}');
    const wanted = fill(Port ?? '#{port}');
    // A client that came by the load balancer's address would find nobody on the ports that its listeners have in AWS.
    const port = (host === LOOPBACK && this.context.portOf(wanted)) || wanted;
    const location = `${fill(Protocol ?? '#{protocol}').toLowerCase()}://${host}:${port}${fill(Path ?? '/#{path}')}${query && `?${query}`}`;
    const status = StatusCode === 'HTTP_301' ? 301 : 302;
    response.writeHead(status, { Server: 'awselb/2.0', Location: location, 'Content-Length': 0 }).end();
    this.context.metrics.own(status, 'redirect');
  }

  private fixed({ FixedResponseConfig }: Action, response: ServerResponse): void {
    const { StatusCode, ContentType = 'text/plain', MessageBody = '' } = FixedResponseConfig!;
    response
      .writeHead(Number(StatusCode), {
        Server: 'awselb/2.0',
        'Content-Type': ContentType,
        'Content-Length': Buffer.byteLength(MessageBody),
      })
      .end(MessageBody);
    this.context.metrics.own(Number(StatusCode), 'fixed-response');
  }

  private error(status: number, title: string, response: ServerResponse): void {
    const body = `<html><head><title>${status} ${title}</title></head><body>${status} ${title}</body></html>\n`;
    response
      .writeHead(status, {
        Server: 'awselb/2.0',
        'Content-Type': 'text/html',
        'Content-Length': Buffer.byteLength(body),
      })
      .end(body);
    this.context.metrics.own(status, 'error');
  }
}

const LOOPBACK = '127.0.0.1';

/** The target groups of a forward action with their weights. */
export function forwards(action: Action): { arn: string; weight: number }[] {
  if (action.Type !== 'forward') return [];
  const groups = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn }];
  return groups.map(({ TargetGroupArn, Weight }) => ({ arn: TargetGroupArn!, weight: Number(Weight ?? 1) }));
}

function byWeight(groups: readonly { arn: string; weight: number }[]): string {
  if (groups.length === 1) return groups[0]!.arn;
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let point = Math.random() * total;
  for (const { arn, weight } of groups) {
    point -= weight;
    if (point < 0) return arn;
  }
  return '';
}

/**
 * `Root` is the id of a request that brings none; one that does keeps it, with fields of others, and gets a `Self`.
 * @see Elastic Load Balancing, Application Load Balancers: Request tracing
 */
function traceId(request: IncomingMessage, clock: Clock): string {
  const id = `1-${Math.floor(clock.now() / 1000).toString(16)}-${randomHex(24)}`;
  const fields = String(request.headers['x-amzn-trace-id'] ?? '').split(';');
  const kept = fields.filter((field) => field && !field.startsWith('Self='));
  if (!kept.some((field) => field.startsWith('Root='))) return [`Root=${id}`, ...kept].join(';');
  return [`Self=${id}`, ...kept].join(';');
}
