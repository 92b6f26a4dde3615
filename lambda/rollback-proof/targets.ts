import type { InstanceTarget } from '@aws-sdk/client-codedeploy';

/**
 * The zones in which every instance has the new revision, while CodeDeploy holds before the others.
 *
 * @param zones availability zones by the instances' ids
 * @returns `undefined` while it does not hold
 */
export function heldAfter(
  targets: readonly InstanceTarget[],
  zones: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  const zoneOf = ({ targetId }: InstanceTarget) => zones.get(targetId!) ?? 'an unknown zone';
  const begun = new Set(targets.filter(({ status }) => status !== 'Pending').map(zoneOf));
  const there = targets.filter((target) => begun.has(zoneOf(target)));
  const waiting = there.length < targets.length;
  if (begun.size === 0 || !waiting || there.some(({ status }) => status !== 'Succeeded')) return undefined;
  return [...begun];
}

/**
 * What went wrong on the instances: a lifecycle event that failed, even one whose failure the deployment ignored, since
 * the next deployment may not; or an instance that the deployment has left out.
 */
export function failuresOf(targets: readonly InstanceTarget[]): string[] {
  return targets.flatMap(({ targetId, status, lifecycleEvents = [] }) => {
    const failed = lifecycleEvents.filter((event) => event.status === 'Failed');
    if (failed.length === 0)
      return status === 'Failed' || status === 'Skipped' ? [`${targetId}: ${status}`] : [];
    return failed.map(({ lifecycleEventName, diagnostics }) => {
      const { scriptName, message, logTail } = diagnostics ?? {};
      const script = scriptName ? ` (${scriptName})` : '';
      const output = logTail?.trim() ? `, its output: ${logTail.trim()}` : '';
      return `${targetId} in ${lifecycleEventName}${script}: ${message ?? 'no reason given'}${output}`;
    });
  });
}
