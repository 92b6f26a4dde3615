import { messageOf } from '../errors';
import type { Exports } from './exports';
import { remove } from './removal';
import type { ResourceOperations } from './resource-operations';
import type { Stack } from './stack';

/**
 * Deletes a stack and what it holds.
 * @param retain logical ids to leave alone
 */
export async function deleteStack(
  stack: Stack,
  retain: readonly string[],
  operations: ResourceOperations,
  exports: Exports,
): Promise<void> {
  stack.changeSets.clear();
  stack.setStatus('DELETE_IN_PROGRESS', 'User Initiated');
  try {
    exports.checkChange(stack, []);
  } catch (error) {
    stack.setStatus('DELETE_FAILED', messageOf(error));
    return;
  }
  const undeleted = await remove(
    [...stack.resources.values()].map((resource) => ({
      resource,
      superseded: false,
      retain: retain.includes(resource.logicalId) || resource.deletionPolicy.startsWith('Retain'),
    })),
    operations,
  );
  if (undeleted.length > 0) {
    stack.setStatus(
      'DELETE_FAILED',
      `The following resource(s) failed to delete: [${undeleted.join(', ')}].`,
    );
    return;
  }
  stack.outputs = [];
  stack.deletionTime = stack.timestamp();
  stack.setStatus('DELETE_COMPLETE');
}
