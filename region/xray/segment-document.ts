/** A segment, or a subsegment that is sent on its own, in the fields that the region reads. */
export interface SegmentDocument {
  readonly name: string;
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** `1-`, 8 and 24 hexadecimal digits. */
  readonly trace_id: string;
  readonly parent_id?: string;
  /** `subsegment` for a subsegment that is sent on its own. */
  readonly type?: string;
  /** Seconds since the epoch. */
  readonly start_time: number;
  readonly end_time?: number;
  readonly in_progress?: boolean;
  readonly fault?: boolean;
  readonly error?: boolean;
  readonly throttle?: boolean;
  readonly origin?: string;
  readonly namespace?: string;
  readonly user?: string;
  readonly resource_arn?: string;
  readonly http?: {
    readonly request?: {
      readonly method?: string;
      readonly url?: string;
      readonly user_agent?: string;
      readonly client_ip?: string;
    };
    readonly response?: { readonly status?: number };
  };
  readonly aws?: { readonly ec2?: { readonly instance_id?: string; readonly availability_zone?: string } };
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly subsegments?: readonly SegmentDocument[];
}

/** Why X-Ray does not take a document. AWS lists no codes: these follow the pattern of those its clients report. */
export class InvalidSegment extends Error {
  constructor(
    readonly code: string,
    readonly id?: string,
  ) {
    super(`Invalid segment. ErrorCode: ${code}`);
  }
}

const LARGEST = 64 * 1024;
const LONGEST_NAME = 200;
const DAY = 86_400;
/** X-Ray keeps traces, and takes segments, of the last 30 days. */
export const RETENTION = 30 * DAY;
/** Clocks may differ by so much. */
const SKEW = 5 * 60;

/**
 * The segments of a document: one, or an array of subsegments.
 *
 * @param now seconds since the epoch
 * @throws InvalidSegment
 * @see AWS X-Ray Developer Guide: X-Ray segment documents
 */
export function readDocument(text: string, now: number): SegmentDocument[] {
  if (Buffer.byteLength(text) > LARGEST) throw new InvalidSegment('SegmentTooLarge');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InvalidSegment('ParseError');
  }
  return [parsed].flat().map((segment) => checked(segment, now));
}

function checked(segment: any, now: number): SegmentDocument {
  if (typeof segment !== 'object' || segment === null) throw new InvalidSegment('ParseError');
  const { id, name, trace_id, parent_id, type, start_time, end_time, in_progress } = segment;
  const check = (holds: boolean, code: string) => {
    if (!holds) throw new InvalidSegment(code, typeof id === 'string' ? id : undefined);
  };
  check(isId(id), 'InvalidId');
  check(typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME, 'InvalidName');
  check(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(trace_id), 'InvalidTraceId');
  check(type === undefined || type === 'subsegment', 'InvalidType');
  check(parent_id === undefined ? type !== 'subsegment' : isId(parent_id), 'InvalidParentId');
  check(typeof start_time === 'number' && start_time <= now + SKEW, 'InvalidStartTime');
  check(start_time >= now - RETENTION, 'SegmentTooOld');
  check(in_progress === true || (typeof end_time === 'number' && end_time >= start_time), 'InvalidEndTime');
  return segment;
}

function isId(id: unknown): boolean {
  return typeof id === 'string' && /^[0-9a-f]{16}$/.test(id);
}
