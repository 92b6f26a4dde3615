import { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel, ServiceModel } from '../model';
import type { WireRequest } from './protocol';

export interface RouteMatch {
  readonly operation: OperationModel;
  /** Decoded labels of the path, by the input's member. */
  readonly labels: Record<string, string>;
}

interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  readonly path: RegExp;
  readonly labels: string[];
  /** Fixed parts of the query that must be there; `x-id` is a hint, which not every client sends. */
  readonly literals: ReadonlyArray<readonly [string, string]>;
  readonly hint?: string;
  /** Names of query parameters and headers without which the operation cannot be meant. */
  readonly requiredQuery: string[];
  readonly requiredHeaders: string[];
  /** S3 alone: the bucket stands before the modelled path. */
  readonly needsBucket: boolean;
}

const routesOf = new WeakMap<ServiceModel, Route[]>();

/**
 * The operation that a request's method, path, query and headers mean. Where several fit, the one that asks for most
 * is meant: `PUT /key` with `uploadId` is UploadPart, with `x-amz-copy-source` CopyObject, else PutObject.
 */
export function matchRoute(model: ServiceModel, request: WireRequest): RouteMatch | undefined {
  let routes = routesOf.get(model);
  if (!routes) {
    routes = [...model.operations.values()].filter(({ http }) => http).map(routeOf);
    routesOf.set(model, routes);
  }
  const { bucket, path } =
    model.service === 's3' ? splitBucket(request.path) : { bucket: '', path: request.path };
  const query = new Map(request.query);
  let best: { score: number; match: RouteMatch } | undefined;
  for (const route of routes) {
    if (route.method !== request.method || route.needsBucket !== (bucket !== '')) continue;
    const labels = route.path.exec(path);
    if (!labels) continue;
    if (!route.literals.every(([name, value]) => query.get(name) === value)) continue;
    if (!route.requiredQuery.every((name) => query.has(name))) continue;
    if (!route.requiredHeaders.every((name) => name in request.headers)) continue;
    const asked = route.literals.length + route.requiredQuery.length + route.requiredHeaders.length;
    const hinted = route.hint !== undefined && query.get('x-id') === route.hint ? 1 : 0;
    const score = asked * 2 + hinted;
    if (best && score <= best.score) continue;
    const named = route.labels.map((name, index) => [name, decodeURIComponent(labels[index + 1])]);
    if (bucket) named.push(['Bucket', decodeURIComponent(bucket)]);
    best = { score, match: { operation: route.operation, labels: Object.fromEntries(named) } };
  }
  return best?.match;
}

function splitBucket(path: string): { bucket: string; path: string } {
  const [, bucket, rest] = /^\/([^/]*)(.*)$/s.exec(path) ?? ['', '', ''];
  return { bucket, path: rest === '' ? '/' : rest };
}

function routeOf(operation: OperationModel): Route {
  const [method, uri] = operation.http!;
  const [template, search = ''] = uri.split('?');
  const labels: string[] = [];
  const pattern = template
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const label = /^\{([^}+]+)(\+?)\}$/.exec(part);
      if (!label) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      labels.push(label[1]);
      return label[2] ? '(.+)' : '([^/]+)';
    })
    .join('');
  const fixed = [...new URLSearchParams(search)];
  const required = requiredMembers(operation);
  return {
    operation,
    method,
    path: new RegExp(`^${pattern}$`, 's'),
    labels,
    literals: fixed.filter(([name]) => name !== 'x-id'),
    hint: fixed.find(([name]) => name === 'x-id')?.[1],
    requiredQuery: required.flatMap(({ httpQuery }) => httpQuery ?? []),
    requiredHeaders: required.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
    needsBucket: !labels.includes('Bucket') && required.some(({ name }) => name === 'Bucket'),
  };
}

/** A structure's schema lists its required members first and ends with their number. */
export function requiredMembers(operation: OperationModel) {
  const schema = NormalizedSchema.of(operation.input);
  if (schema.isUnitSchema()) return [];
  const count = (schema.getSchema() as unknown as unknown[])[6] ?? 0;
  return [...schema.structIterator()].slice(0, count as number).map(([name, member]) => {
    const { httpQuery, httpHeader } = member.getMergedTraits() as { httpQuery?: string; httpHeader?: string };
    return { name, httpQuery, httpHeader, token: member.isIdempotencyToken() };
  });
}
