import type * as api from '@aws-sdk/client-xray';
import { AwsError, type AwsService, type Scope } from '../service';
import { filterExpression } from './filter-expression';
import { XRAY_RESOURCES } from './resources';
import { InvalidSegment, RETENTION, readDocument, type SegmentDocument } from './segment-document';
import { serviceGraph } from './service-graph';
import { Trace } from './trace';
import { summarize } from './trace-summary';

const HOUR = 3600;
/** The longest time range of a request. */
const LONGEST_RANGE = 6 * HOUR;
/** The most traces of a BatchGetTraces. */
const MOST_TRACES = 5;

/**
 * X-Ray: takes segment documents, puts them together into traces and finds them again. Segments of downstream services
 * that AWS infers, root causes, insights and sampling rules are not played.
 */
export class XRay implements AwsService {
  private readonly traces = new Map<string, Trace>();
  readonly resources = XRAY_RESOURCES;

  readonly operations = {
    PutTraceSegments: ({ TraceSegmentDocuments = [] }: api.PutTraceSegmentsCommandInput) => ({
      UnprocessedTraceSegments: this.take(TraceSegmentDocuments),
    }),

    GetTraceSummaries: (input: api.GetTraceSummariesCommandInput) => {
      const matches = filterExpression(input.FilterExpression);
      const traces = this.between(input, input.TimeRangeType);
      return {
        TraceSummaries: traces
          .filter(matches)
          .map((trace) => summarize(trace, this.scope.accountId))
          .reverse(),
        ApproximateTime: input.StartTime,
        TracesProcessedCount: traces.length,
      };
    },

    BatchGetTraces: ({ TraceIds = [] }: api.BatchGetTracesCommandInput) => {
      if (TraceIds.length > MOST_TRACES)
        throw invalid(`${TraceIds.length} trace ids were given; allowed are at most ${MOST_TRACES}`);
      const found = TraceIds.flatMap((id) => this.traces.get(id) ?? []);
      return {
        Traces: found.map((trace) => ({
          Id: trace.id,
          Duration: trace.duration,
          LimitExceeded: false,
          Segments: trace
            .segments()
            .map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) })),
        })),
        UnprocessedTraceIds: TraceIds.filter((id) => !this.traces.has(id)),
      };
    },

    GetServiceGraph: (input: api.GetServiceGraphCommandInput) => {
      if (input.GroupName !== undefined || input.GroupARN !== undefined)
        throw invalid('groups are recorded in the rehearsal region: ask without GroupName and GroupARN');
      return {
        StartTime: input.StartTime,
        EndTime: input.EndTime,
        Services: serviceGraph(this.between(input), this.scope.accountId),
        ContainsOldGroupVersions: false,
      };
    },

    /** What a sender says of its own work. */
    PutTelemetryRecords: (_input: api.PutTelemetryRecordsCommandInput) => ({}),
  };

  constructor(private readonly scope: Scope) {}

  private get now(): number {
    return this.scope.clock.now() / 1000;
  }

  private take(documents: readonly string[]): api.UnprocessedTraceSegment[] {
    this.forget();
    const taken: SegmentDocument[] = [];
    const refused: InvalidSegment[] = [];
    for (const document of documents) {
      try {
        taken.push(...readDocument(document, this.now));
      } catch (error) {
        if (!(error instanceof InvalidSegment)) throw error;
        refused.push(error);
      }
    }
    for (const segment of taken) this.add(segment);
    const names = [...new Set(taken.map(({ name }) => name))];
    const faults = taken.filter(({ fault }) => fault).length;
    this.scope.journal.append({
      source: 'xray',
      type: 'SegmentsReceived',
      subject: names.join(', '),
      message: `${taken.length} segments received, ${faults} of them faults, ${refused.length} not taken`,
      detail: { names, segments: taken.length, faults, refused: refused.map(({ code }) => code) },
    });
    return refused.map(({ id, code, message }) => ({ Id: id, ErrorCode: code, Message: message }));
  }

  private add(segment: SegmentDocument): void {
    let trace = this.traces.get(segment.trace_id);
    if (!trace) {
      trace = new Trace(segment.trace_id);
      this.traces.set(trace.id, trace);
    }
    trace.add(segment, this.now);
  }

  private forget(): void {
    for (const trace of this.traces.values()) {
      // They are kept in the order of their arrival.
      if (trace.updated >= this.now - RETENTION) return;
      this.traces.delete(trace.id);
    }
  }

  /**
   * Traces that began, or for `Event` were last added to, in the time range; by the segments' times, since an id that
   * OpenTelemetry has made holds none.
   *
   * @throws AwsError InvalidRequestException
   */
  private between(
    { StartTime, EndTime }: { StartTime?: Date; EndTime?: Date },
    type: api.TimeRangeType = 'TraceId',
  ): Trace[] {
    if (type === 'Service') throw invalid('TimeRangeType Service is not played; TraceId and Event are');
    const [from, to] = [StartTime!.getTime() / 1000, EndTime!.getTime() / 1000];
    if (from > to) throw invalid('StartTime is after EndTime');
    if (to - from > LONGEST_RANGE) throw invalid('Time range cannot be longer than 6 hours');
    return [...this.traces.values()].filter((trace) => {
      const time = type === 'Event' ? trace.updated : trace.start;
      return time >= from && time <= to;
    });
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidRequestException', `${message}.`);
}
