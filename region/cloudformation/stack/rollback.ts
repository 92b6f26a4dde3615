import { walk } from '../template/graph';
import { remove } from './removal';
import type { ResourceOperations } from './resource-operations';
import type { PausedOperation, Stack } from './stack';

/** Takes a stack back to where the operation that failed began. */
export async function rollBack(
  stack: Stack,
  operation: PausedOperation,
  reason: string,
  operations: ResourceOperations,
): Promise<void> {
  const { kind, resources: before, superseded, settings } = operation;
  const rollback = kind === 'CREATE' ? 'ROLLBACK' : 'UPDATE_ROLLBACK';
  stack.paused = undefined;
  stack.setStatus(`${rollback}_IN_PROGRESS`, reason);

  const current = new Map(stack.resources);
  const changed = [...before.values()].filter((resource) => current.get(resource.logicalId) !== resource);
  const failed = await walk(
    new Map(changed.map(({ logicalId, dependsOn }) => [logicalId, dependsOn])),
    (logicalId) => operations.restore(before.get(logicalId)!, current.get(logicalId)!),
  );
  if (failed.size > 0) {
    stack.paused = operation;
    stack.setStatus(
      `${rollback}_FAILED`,
      `The following resource(s) failed to update: [${[...failed.keys()].join(', ')}].`,
    );
    return;
  }
  if (kind === 'UPDATE') {
    stack.settings = settings;
    stack.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  }

  const kept = new Set([...before.values()].map(({ physicalId }) => physicalId));
  const replacements = [...superseded, ...current.values()].filter(
    ({ logicalId, physicalId }) => before.has(logicalId) && !kept.has(physicalId),
  );
  const additions = [...superseded, ...current.values()].filter(({ logicalId }) => !before.has(logicalId));
  const undeleted = await remove(
    [
      ...replacements.map((resource) => ({ resource, superseded: true, retain: false })),
      ...additions.map((resource) => ({
        resource,
        superseded: current.get(resource.logicalId) !== resource,
        retain: resource.deletionPolicy === 'Retain',
      })),
    ],
    operations,
  );
  if (kind === 'CREATE' && undeleted.length > 0) {
    stack.setStatus(
      'ROLLBACK_FAILED',
      `The following resource(s) failed to delete: [${undeleted.join(', ')}].`,
    );
    return;
  }
  stack.setStatus(`${rollback}_COMPLETE`);
}
