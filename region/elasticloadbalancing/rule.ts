import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4 } from 'node:net';
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../service';

/** A rule of a listener: conditions, all of which must hold, and what is done with the request then. */
export interface Rule {
  readonly arn: string;
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly Action[];
}

const FIELDS = [
  'path-pattern',
  'host-header',
  'http-request-method',
  'http-header',
  'query-string',
  'source-ip',
];

/** @throws AwsError ValidationError */
export function validRule(conditions: readonly RuleCondition[], actions: readonly Action[]): void {
  for (const { Field } of conditions) {
    if (!FIELDS.includes(Field ?? '')) {
      throw new AwsError('ValidationError', `condition field is ${Field}; allowed are ${FIELDS.join(', ')}`);
    }
  }
  validActions(actions);
}

/** @throws AwsError ValidationError */
export function validActions(actions: readonly Action[]): void {
  const playable = ['forward', 'redirect', 'fixed-response'];
  if (actions.length === 0) throw new AwsError('ValidationError', 'a listener or rule needs an action');
  for (const { Type } of actions) {
    if (!playable.includes(Type ?? '')) {
      throw new AwsError(
        'ValidationError',
        `action type is ${Type}; the rehearsal region plays ${playable.join(', ')}`,
      );
    }
  }
}

export function applies(rule: Rule, request: IncomingMessage): boolean {
  return rule.conditions.every((condition) => holds(condition, request));
}

function holds(condition: RuleCondition, request: IncomingMessage): boolean {
  const url = new URL(request.url ?? '/', 'http://host');
  const values = (config?: { Values?: string[] }) => config?.Values ?? condition.Values ?? [];
  switch (condition.Field) {
    case 'path-pattern':
      return values(condition.PathPatternConfig).some((pattern) => wildcard(pattern).test(url.pathname));
    case 'host-header': {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      return values(condition.HostHeaderConfig).some((pattern) => wildcard(pattern, 'i').test(host));
    }
    case 'http-request-method':
      return values(condition.HttpRequestMethodConfig).includes(request.method ?? '');
    case 'http-header': {
      const { HttpHeaderName = '', Values = [] } = condition.HttpHeaderConfig ?? {};
      const header = [request.headers[HttpHeaderName.toLowerCase()] ?? []].flat();
      return Values.some((pattern) => header.some((value) => wildcard(pattern, 'i').test(value)));
    }
    case 'query-string':
      return (condition.QueryStringConfig?.Values ?? []).some(({ Key, Value = '' }) =>
        [...url.searchParams].some(
          ([key, value]) => (!Key || wildcard(Key, 'i').test(key)) && wildcard(Value, 'i').test(value),
        ),
      );
    case 'source-ip':
      return values(condition.SourceIpConfig).some((cidr) =>
        within(cidr, request.socket.remoteAddress ?? ''),
      );
    default:
      return false;
  }
}

/** `*` stands for any characters, `?` for one. */
function wildcard(pattern: string, flags = ''): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, flags);
}

function within(cidr: string, address: string): boolean {
  const [network = '', bits] = cidr.split('/');
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
