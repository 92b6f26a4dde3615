import type { JournalEntry } from '../../region/journal/journal';
import type { LedgerEntry } from '../../region/ledger/ledger';
import type { Check } from '../checks';
import { alarmTransitions, environmentOf } from '../observations';
import type { Rehearsal } from '../rehearsal';
import type { Outcome } from '../story';
import type { Sample, Traffic } from '../traffic/traffic';
import type { ActReport, HostHistory, LedgerLine, Report, TrafficPoint } from './report';

/** An act as it was played. */
export interface PlayedAct {
  readonly title: string;
  /** Wall time, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly checks: readonly Check[];
  /** Absent when the act broke off. */
  readonly outcome?: Outcome;
}

/** Puts together what was seen. */
export function compile(rehearsal: Rehearsal, started: number, played: readonly PlayedAct[]): Report {
  const ended = Date.now();
  const entries = rehearsal.journal.entries();
  const at = (wall: number) => (wall - started) / 1000;
  const { scale } = rehearsal.region.clock;
  return {
    started: new Date(started).toISOString(),
    wallSeconds: at(ended),
    scale,
    hostMode: hostMode(entries),
    acts: played.map((act) => actReport(act, rehearsal, at, scale)),
    traffic: [...rehearsal.traffic.values()].map((traffic) => ({
      environment: traffic.environment,
      points: perSecond(traffic, at),
    })),
    revisions: hostHistories(entries, rehearsal.delivery.service, at, ended),
    alarms: alarmTransitions(entries).map(({ wall, subject, detail }) => ({
      at: at(wall),
      alarm: subject,
      from: String(detail['from']),
      to: String(detail['to']),
      reason: String(detail['reason']),
    })),
    ledger: ledgerLines(rehearsal.region.ledger.entries()),
  };
}

function actReport(
  { title, from, to, checks, outcome }: PlayedAct,
  rehearsal: Rehearsal,
  at: (wall: number) => number,
  scale: number,
): ActReport {
  const duration = (from: number, to: number) => ({
    wallSeconds: (to - from) / 1000,
    awsSeconds: ((to - from) / 1000) * scale,
  });
  const { release, incident } = outcome ?? {};
  return {
    title,
    commit: release?.commit.slice(0, 7) ?? '',
    from: at(from),
    to: at(to),
    duration: release ? duration(release.pushed, release.end.wall) : duration(from, to),
    requests: rehearsal.requests(from, to),
    ...(incident?.detected && { detection: duration(incident.began, incident.detected) }),
    ...(incident?.restored && { restoration: duration(incident.began, incident.restored) }),
    checks,
  };
}

function perSecond({ samples }: Traffic, at: (wall: number) => number): TrafficPoint[] {
  const seconds = new Map<number, Sample[]>();
  for (const sample of samples) {
    const second = Math.floor(at(sample.wall));
    seconds.set(second, [...(seconds.get(second) ?? []), sample]);
  }
  return [...seconds].map(([second, group]) => {
    const latencies = group.flatMap((sample) => sample.latencies).sort((left, right) => left - right);
    return {
      at: second,
      sent: group.reduce((sum, { sent }) => sum + sent, 0),
      failed: group.reduce((sum, { failed }) => sum + failed, 0),
      p99: latencies[Math.floor(latencies.length * 0.99)] ?? null,
    };
  });
}

/** Which revision each host held from when to when, in the order of the environments. */
function hostHistories(
  entries: readonly JournalEntry[],
  service: string,
  at: (wall: number) => number,
  ended: number,
): HostHistory[] {
  const commits = commitsByRevision(entries);
  const gone = new Map(
    entries
      .filter(({ type, detail }) => type === 'InstanceStateChange' && detail['state'] === 'terminated')
      .map(({ subject, wall }) => [subject, wall]),
  );
  const hosts = new Map<string, { environment: string; installs: { revision: string; wall: number }[] }>();
  for (const entry of entries.filter(({ type }) => type === 'RevisionInstalled')) {
    const host = hosts.get(entry.subject) ?? {
      environment: environmentOf(entry, service),
      installs: [],
    };
    const { key } = entry.detail['revision'] as { key: string };
    host.installs.push({ revision: commits.get(key) ?? key, wall: entry.wall });
    hosts.set(entry.subject, host);
  }
  return [...hosts].map(([instanceId, { environment, installs }]) => ({
    environment,
    instanceId,
    spans: installs.map(({ revision, wall }, index) => ({
      revision,
      from: at(wall),
      to: at(installs[index + 1]?.wall ?? gone.get(instanceId) ?? ended),
    })),
  }));
}

/** The commit that each revision in the artifact bucket was built from, by the revision's object key. */
function commitsByRevision(entries: readonly JournalEntry[]): Map<string, string> {
  const commitOf = new Map<string, string>();
  const commits = new Map<string, string>();
  for (const { type, detail } of entries) {
    if (type !== 'ActionSucceeded') continue;
    const execution = String(detail['execution-id']);
    const result = detail['execution-result'] as { 'external-execution-id'?: string } | undefined;
    const { category } = detail['type'] as { category: string };
    if (category === 'Source') commitOf.set(execution, result?.['external-execution-id'] ?? '');
    for (const { s3location } of (detail['output-artifacts'] ?? []) as { s3location: { key: string } }[]) {
      commits.set(s3location.key, (commitOf.get(execution) ?? '').slice(0, 7));
    }
  }
  return commits;
}

function hostMode(entries: readonly JournalEntry[]): string {
  const running = entries.find(({ type, detail }) => type === 'InstanceStateChange' && detail['mode']);
  return String(running?.detail['mode'] ?? 'no');
}

/** One line a resource type: how many there were, and what was done with each property that any of them set. */
function ledgerLines(entries: readonly LedgerEntry[]): LedgerLine[] {
  const types = new Map<
    string,
    { disposition: string; resources: number; properties: Map<string, Set<string>> }
  >();
  const line = (type: string) => {
    const known = types.get(type) ?? { disposition: '', resources: 0, properties: new Map() };
    types.set(type, known);
    return known;
  };
  for (const { type, property, disposition } of entries) {
    const known = line(type);
    if (property === undefined) {
      known.disposition = disposition;
      known.resources += 1;
    } else {
      known.properties.set(disposition, (known.properties.get(disposition) ?? new Set()).add(property));
    }
  }
  return [...types]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([type, { disposition, resources, properties }]) => ({
      type,
      disposition,
      resources,
      properties: Object.fromEntries([...properties].map(([how, names]) => [how, [...names].sort()])),
    }));
}
