import type { SegmentDocument } from './segment-document';

/** The segments that bear one trace id, in the order of their arrival. */
export class Trace {
  private readonly kept = new Map<string, SegmentDocument>();
  /** How often it has been added to. */
  revision = 0;
  /** AWS time of the latest addition, in seconds. */
  updated = 0;

  constructor(readonly id: string) {}

  /** A finished segment takes the place of the one in progress with the same id. */
  add(segment: SegmentDocument, now: number): void {
    this.kept.set(segment.id, segment);
    this.revision++;
    this.updated = now;
  }

  /** Segments of services, the earliest first, each with the subsegments that were sent on their own within it. */
  segments(): SegmentDocument[] {
    const all = [...this.kept.values()];
    const known = new Set(all.flatMap(idsOf));
    const isPart = ({ type, parent_id }: SegmentDocument) => type === 'subsegment' && known.has(parent_id!);
    const assemble = (segment: SegmentDocument): SegmentDocument => {
      const parts = all.filter((one) => isPart(one) && one.parent_id === segment.id);
      const subsegments = [...(segment.subsegments ?? []), ...parts].map(assemble);
      return subsegments.length > 0 ? { ...segment, subsegments } : segment;
    };
    return all
      .filter((segment) => !isPart(segment))
      .sort((one, other) => one.start_time - other.start_time)
      .map(assemble);
  }

  /** The segment with which the trace begins: of a service nobody in the trace has called, or else the earliest. */
  root(): SegmentDocument {
    const segments = this.segments();
    const known = new Set(segments.flatMap(idsOf));
    return segments.find(({ parent_id }) => !parent_id || !known.has(parent_id)) ?? segments[0]!;
  }

  /** Seconds since the epoch. */
  get start(): number {
    return Math.min(...[...this.kept.values()].map(({ start_time }) => start_time));
  }

  /** Seconds from the start of the first segment to the end of the last one that has ended. */
  get duration(): number {
    const ends = [...this.kept.values()].map(({ start_time, end_time }) => end_time ?? start_time);
    return Math.max(...ends) - this.start;
  }
}

/** The ids of a segment and of everything within it. */
export function idsOf(segment: SegmentDocument): string[] {
  return [segment.id, ...(segment.subsegments ?? []).flatMap(idsOf)];
}

/** A segment and everything within it. */
export function flatten(segment: SegmentDocument): SegmentDocument[] {
  return [segment, ...(segment.subsegments ?? []).flatMap(flatten)];
}
