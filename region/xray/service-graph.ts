import type * as api from '@aws-sdk/client-xray';
import type { SegmentDocument } from './segment-document';
import { idsOf, type Trace } from './trace';
import { responseTime, serviceId } from './trace-summary';

interface Node {
  readonly service: api.Service;
  /** How often it has answered whom. */
  readonly calls: Map<Node, SegmentDocument[]>;
  readonly answered: SegmentDocument[];
}

/**
 * The services that have sent segments, whom they call, and the clients of those nobody in a trace has called (type
 * `client`). Services that have sent none themselves, which AWS infers from subsegments, are left out.
 */
export function serviceGraph(traces: readonly Trace[], accountId: string): api.Service[] {
  const nodes = new Map<string, Node>();
  const node = ({ Name, Names, AccountId, Type }: api.ServiceId, more: api.Service = {}): Node => {
    const key = JSON.stringify([Name, Type]);
    let found = nodes.get(key);
    if (!found) {
      const service = { ReferenceId: nodes.size, Name, Names, AccountId, Type, State: 'active', ...more };
      found = { service, calls: new Map(), answered: [] };
      nodes.set(key, found);
    }
    return found;
  };
  for (const trace of traces) {
    const segments = trace.segments();
    for (const segment of segments) {
      const callee = node(serviceId(segment, accountId));
      const caller = segments.find((one) => one !== segment && idsOf(one).includes(segment.parent_id ?? ''));
      const from = caller
        ? node(serviceId(caller, accountId))
        : node({ Name: segment.name, Names: [segment.name], Type: 'client' }, { Root: true });
      from.calls.set(callee, [...(from.calls.get(callee) ?? []), segment]);
      callee.answered.push(segment);
    }
  }
  return [...nodes.values()].map(({ service, calls, answered }) => ({
    ...service,
    ...(answered.length > 0 ? { ...span(answered), SummaryStatistics: statistics(answered) } : {}),
    Edges: [...calls].map(([callee, segments]) => ({
      ReferenceId: callee.service.ReferenceId,
      ...span(segments),
      SummaryStatistics: statistics(segments),
      Aliases: [],
    })),
  }));
}

function span(segments: readonly SegmentDocument[]) {
  const time = (seconds: readonly number[], choose: (...seconds: number[]) => number) =>
    new Date(choose(...seconds) * 1000);
  return {
    StartTime: time(
      segments.map(({ start_time }) => start_time),
      Math.min,
    ),
    EndTime: time(
      segments.map(({ start_time, end_time }) => end_time ?? start_time),
      Math.max,
    ),
  };
}

function statistics(segments: readonly SegmentDocument[]): api.ServiceStatistics {
  const count = (holds: (segment: SegmentDocument) => boolean | undefined) => segments.filter(holds).length;
  const errors = count(({ error }) => error);
  const throttled = count(({ throttle }) => throttle);
  const faults = count(({ fault }) => fault);
  return {
    OkCount: count(({ error, fault }) => !error && !fault),
    ErrorStatistics: { ThrottleCount: throttled, OtherCount: errors - throttled, TotalCount: errors },
    FaultStatistics: { OtherCount: faults, TotalCount: faults },
    TotalCount: segments.length,
    TotalResponseTime: segments.reduce((sum, segment) => sum + responseTime(segment), 0),
  };
}
