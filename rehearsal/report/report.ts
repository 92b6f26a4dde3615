import type { Check } from '../checks';

/** What a rehearsal showed: the terminal, `report.json` and the page are views of this. */
export interface Report {
  /** ISO 8601, wall time. */
  readonly started: string;
  readonly wallSeconds: number;
  /** AWS seconds in one wall second. */
  readonly scale: number;
  /** How the instances were played: see `region/hosts/host.ts`. */
  readonly hostMode: string;
  readonly acts: readonly ActReport[];
  readonly traffic: readonly TrafficSeries[];
  readonly revisions: readonly HostHistory[];
  readonly alarms: readonly AlarmTransition[];
  readonly ledger: readonly LedgerLine[];
}

export interface ActReport {
  readonly title: string;
  /** Abbreviated commit id that was pushed. */
  readonly commit: string;
  /** Seconds of wall time since the rehearsal's start. */
  readonly from: number;
  readonly to: number;
  /** From the push to the pipeline's end. */
  readonly duration: Duration;
  readonly requests: { readonly sent: number; readonly failed: number };
  /** From the first failed request to the alarm, and to the fleet's return to the last good revision. */
  readonly detection?: Duration;
  readonly restoration?: Duration;
  readonly checks: readonly Check[];
}

/** The same stretch in both times: AWS time runs `scale` times as fast. */
export interface Duration {
  readonly awsSeconds: number;
  readonly wallSeconds: number;
}

export interface TrafficSeries {
  readonly environment: string;
  /** One point a wall second. */
  readonly points: readonly TrafficPoint[];
}

export interface TrafficPoint {
  /** Seconds of wall time since the rehearsal's start. */
  readonly at: number;
  readonly sent: number;
  readonly failed: number;
  /** Milliseconds, the slowest hundredth of the answers; null when none came. */
  readonly p99: number | null;
}

export interface HostHistory {
  readonly environment: string;
  readonly instanceId: string;
  /** What was installed when; the last span ends with the rehearsal or the instance. */
  readonly spans: readonly { readonly revision: string; readonly from: number; readonly to: number }[];
}

export interface AlarmTransition {
  readonly at: number;
  readonly alarm: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export interface LedgerLine {
  readonly type: string;
  readonly disposition: string;
  /** Property names by disposition. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  readonly resources: number;
}

/** What no rehearsal shows; every view of the report ends with it. */
export const OUT_OF_BOUNDS = [
  'Policies decide who assumes a role and whose events a bus takes. What a role then may do, and what the policies of ' +
    'buckets, keys and topics say, is recorded and not enforced: a missing permission shows only in a real account.',
  'Service quotas, API throttling and eventual consistency are not played.',
  'Times of a real load balancer, of instance launches and of user data scripts are not played.',
  'Faults of an availability zone or a region are not played.',
  'Executed work (builds, hook scripts) takes wall time, so it weighs more in AWS time than it would on AWS.',
] as const;

export function passed(report: Report): boolean {
  return report.acts.every((act) => act.checks.every((check) => check.passed));
}
