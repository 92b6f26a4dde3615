import type * as api from '@aws-sdk/client-xray';
import type { SegmentDocument } from './segment-document';
import { flatten, type Trace } from './trace';

/** What is indexed of a trace. Root causes are not played. */
export function summarize(trace: Trace, accountId: string): api.TraceSummary {
  const segments = trace.segments();
  const root = trace.root();
  const { request = {}, response = {} } = root.http ?? {};
  return {
    Id: trace.id,
    StartTime: new Date(trace.start * 1000),
    Duration: trace.duration,
    ResponseTime: responseTime(root),
    HasFault: root.fault === true,
    HasError: root.error === true,
    HasThrottle: root.throttle === true,
    IsPartial: segments.flatMap(flatten).some(({ in_progress }) => in_progress === true),
    Http: {
      HttpURL: request.url,
      HttpMethod: request.method,
      HttpStatus: response.status,
      UserAgent: request.user_agent,
      ClientIp: request.client_ip,
    },
    Annotations: annotations(segments, accountId),
    Users: users(segments, accountId),
    ServiceIds: distinct(segments.map((segment) => serviceId(segment, accountId))),
    EntryPoint: serviceId(root, accountId),
    InstanceIds: values(segments, ({ aws }) => aws?.ec2?.instance_id).map((Id) => ({ Id })),
    AvailabilityZones: values(segments, ({ aws }) => aws?.ec2?.availability_zone).map((Name) => ({ Name })),
    ResourceARNs: values(segments, ({ resource_arn }) => resource_arn).map((ARN) => ({ ARN })),
    Revision: trace.revision,
    MatchedEventTime: new Date(trace.updated * 1000),
  };
}

/** Seconds that a segment took. */
export function responseTime({ start_time, end_time = start_time }: SegmentDocument): number {
  return end_time - start_time;
}

/** A service is known by its name and the kind of resource it runs on. */
export function serviceId({ name, origin, namespace }: SegmentDocument, AccountId: string): api.ServiceId {
  return { Name: name, Names: [name], AccountId, Type: origin ?? namespace };
}

function annotations(segments: readonly SegmentDocument[], accountId: string) {
  const found: Record<string, api.ValueWithServiceIds[]> = {};
  for (const segment of segments) {
    const ServiceIds = [serviceId(segment, accountId)];
    for (const part of flatten(segment)) {
      for (const [key, value] of Object.entries(part.annotations ?? {})) {
        found[key] ??= [];
        found[key].push({ AnnotationValue: annotationValue(value), ServiceIds });
      }
    }
  }
  return found;
}

function annotationValue(value: string | number | boolean): api.AnnotationValue {
  if (typeof value === 'number') return { NumberValue: value };
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: value };
}

function users(segments: readonly SegmentDocument[], accountId: string): api.TraceUser[] {
  return segments
    .filter(({ user }) => user !== undefined)
    .map((segment) => ({ UserName: segment.user, ServiceIds: [serviceId(segment, accountId)] }));
}

function values(
  segments: readonly SegmentDocument[],
  value: (segment: SegmentDocument) => string | undefined,
): string[] {
  return [...new Set(segments.map(value).filter((one) => one !== undefined))];
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
