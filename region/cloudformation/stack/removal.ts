import { type Graph, reversed, walk } from '../template/graph';
import type { ResourceOperations } from './resource-operations';
import type { StackResource } from './stack';

/** One physical resource to be deleted, or to be left alone when its policy says so. */
export interface Removal {
  readonly resource: StackResource;
  /** A newer physical resource stands for the logical id. */
  readonly superseded: boolean;
  readonly retain: boolean;
}

/**
 * Deletes resources, each after those that depend on it.
 * @returns the logical ids that could not be deleted
 */
export async function remove(
  removals: readonly Removal[],
  operations: ResourceOperations,
): Promise<string[]> {
  const keyed = new Map(removals.map((removal, index) => [`${index}`, removal]));
  const keysOf = new Map<string, string[]>();
  for (const [key, { resource }] of keyed) {
    keysOf.set(resource.logicalId, [...(keysOf.get(resource.logicalId) ?? []), key]);
  }
  const needs: Graph = new Map(
    [...keyed].map(([key, { resource }]) => [
      key,
      new Set([...resource.dependsOn].flatMap((logicalId) => keysOf.get(logicalId) ?? [])),
    ]),
  );
  const failed = await walk(reversed(needs), async (key) => {
    const { resource, superseded, retain } = keyed.get(key)!;
    if (retain) operations.retain(resource, superseded);
    else await operations.delete(resource, superseded);
  });
  return [...failed.keys()].map((key) => keyed.get(key)!.resource.logicalId);
}
