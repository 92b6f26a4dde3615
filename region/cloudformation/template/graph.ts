import { validationError } from '../errors';

/** Who depends on whom: for each id, the ids that have to be there first. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Refuses a graph in which something depends on itself, naming the circle. */
export function checkCircles(graph: Graph): void {
  const open = new Map(graph);
  for (let found = true; found; ) {
    found = false;
    for (const [id, needs] of open) {
      if (![...needs].some((need) => open.has(need))) {
        open.delete(id);
        found = true;
      }
    }
  }
  // What merely depends on a circle is no part of it.
  for (let found = true; found; ) {
    found = false;
    for (const id of open.keys()) {
      if (![...open.values()].some((needs) => needs.has(id))) {
        open.delete(id);
        found = true;
      }
    }
  }
  if (open.size > 0) {
    throw validationError(`Circular dependency between resources: [${[...open.keys()].join(', ')}]`);
  }
}

/** The same ids with every dependency turned round: the order of deletion. */
export function reversed(graph: Graph): Graph {
  const result = new Map([...graph.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, needs] of graph) for (const need of needs) result.get(need)?.add(id);
  return result;
}

export interface Walk {
  /** @default false: what does not depend on a failed id still runs */
  readonly stopOnFailure?: boolean;
  /** Called at the first failure when the walk stops, with the ids still under way. */
  readonly onStop?: (running: readonly string[]) => void;
}

/**
 * Works through a graph, as many ids at once as the dependencies allow.
 * @returns the ids that failed, with their errors; what depends on them is not begun
 */
export async function walk(
  graph: Graph,
  work: (id: string) => Promise<void>,
  { stopOnFailure = false, onStop }: Walk = {},
): Promise<Map<string, unknown>> {
  const failed = new Map<string, unknown>();
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(graph.keys());
  const ready = (id: string) => [...graph.get(id)!].every((need) => done.has(need) || !graph.has(need));

  const begin = () => {
    if (stopOnFailure && failed.size > 0) return;
    for (const id of [...waiting].filter(ready)) {
      waiting.delete(id);
      running.set(
        id,
        work(id)
          .then(
            () => void done.add(id),
            (error) => {
              failed.set(id, error);
              running.delete(id);
              if (stopOnFailure && failed.size === 1) onStop?.([...running.keys()]);
            },
          )
          .finally(() => running.delete(id)),
      );
    }
  };
  for (begin(); running.size > 0; begin()) await Promise.race(running.values());
  return failed;
}
