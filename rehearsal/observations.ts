import type { JournalEntry } from '../region/journal/journal';

/*
 * What the journal says of a release, as pure functions of its entries.
 */

const text = (entry: JournalEntry, key: string) => String(entry.detail[key]);

/** The environment that a deployment group serves: its name without the service's. */
export function environmentOf(entry: JournalEntry, service: string): string {
  return text(entry, 'deploymentGroupName').replace(`${service}-`, '');
}

/** Most hosts of a deployment group that were out of service for their deployments at the same time. */
export function mostHostsOutAtOnce(
  entries: readonly JournalEntry[],
  deploymentIds: ReadonlySet<string>,
): number {
  const out = new Set<string>();
  let most = 0;
  for (const entry of entries) {
    if (entry.type !== 'LifecycleEvent' || !deploymentIds.has(text(entry, 'deploymentId'))) continue;
    if (entry.detail['event'] === 'BlockTraffic' && entry.detail['status'] === 'InProgress')
      out.add(entry.subject);
    if (entry.detail['event'] === 'AllowTraffic' && entry.detail['status'] === 'Succeeded')
      out.delete(entry.subject);
    most = Math.max(most, out.size);
  }
  return most;
}

/** Final states of the deployments to one environment, in the order of their start. */
export function deployments(entries: readonly JournalEntry[], service: string, environment: string) {
  const byId = new Map<
    string,
    { id: string; status: string; creator: string; error?: string; end: JournalEntry }
  >();
  for (const entry of entries) {
    if (entry.type !== 'DeploymentStateChange' || environmentOf(entry, service) !== environment) continue;
    const error = entry.detail['errorInformation'] as { code?: string } | undefined;
    byId.set(entry.subject, {
      id: entry.subject,
      status: text(entry, 'status'),
      creator: text(entry, 'creator'),
      error: error?.code,
      end: entry,
    });
  }
  return [...byId.values()];
}

/** Whether an entry is the end of a deployment to that environment. */
export function isEndOfDeployment(entry: JournalEntry, service: string, environment: string): boolean {
  return (
    entry.type === 'DeploymentStateChange' &&
    environmentOf(entry, service) === environment &&
    ['Succeeded', 'Failed', 'Stopped'].includes(text(entry, 'status'))
  );
}

/** Alarm transitions, oldest first. */
export function alarmTransitions(entries: readonly JournalEntry[]): JournalEntry[] {
  return entries.filter(({ type }) => type === 'AlarmStateChange');
}

/** The failed actions, as `stage / action`. */
export function failedActions(entries: readonly JournalEntry[]): string[] {
  return entries
    .filter(({ type }) => type === 'ActionFailed')
    .map((entry) => `${text(entry, 'stage')} / ${text(entry, 'action')}`);
}

/** How often a pipeline execution began. */
export function executionsStarted(entries: readonly JournalEntry[]): number {
  return entries.filter(({ type }) => type === 'PipelineStarted').length;
}
