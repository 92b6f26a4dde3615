import { randomHex } from '../../../region/random';
import type { SegmentDocument } from '../../../region/xray/segment-document';

/** A second of 2026-01-01, where the stepped clock begins. */
export const NOW = Date.UTC(2026, 0, 1) / 1000;

export const newTraceId = () => `1-${NOW.toString(16)}-${randomHex(24)}`;

/** A segment of the service `harbor` that took a tenth of a second. */
export function segment(more: Partial<SegmentDocument> = {}): SegmentDocument {
  return {
    id: randomHex(16),
    trace_id: newTraceId(),
    name: 'harbor',
    start_time: NOW - 1,
    end_time: NOW - 0.9,
    ...more,
  };
}

export const failed = {
  fault: true,
  http: { request: { method: 'GET', url: 'http://harbor/quote' }, response: { status: 500 } },
} as const;
