import type { Delivery } from '../lib/config/delivery';
import type { Workspace } from './workspace';

/** Names for an environment that is added: the first that is not taken. */
const NAMES = ['gamma', 'delta', 'epsilon'];

/**
 * Adds an environment before production, whatever the description looks like otherwise.
 *
 * @returns its name
 */
export function addEnvironment(workspace: Workspace, { environments, waves }: Delivery): string {
  const name = NAMES.find((free) => environments.every((environment) => environment.name !== free))!;
  const at = waves.findIndex(({ production }) => production);
  workspace.edit('delivery.ts', 'export const delivery:', 'const described:');
  workspace.append(
    'delivery.ts',
    `
/** With one more environment before production. */
export const delivery: DeliveryDescription = {
  ...described,
  environments: described.environments.toSpliced(${at}, 0, {
    name: '${name}',
    capacity: { min: 2, max: 2 },
    bakeMinutes: 5,
  }),
};
`,
  );
  return name;
}
