import fs from 'node:fs';
import path from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { Comparison } from '../../../lambda/review/contract';
import { widenedNetwork } from './network';
import { widenedPermissions } from './permissions';
import { compareResources } from './resources';
import type { Template } from './template';

/**
 * Compares what two cloud assemblies declare, stack by stack.
 *
 * @param before folder of the one before; without an assembly in it there is nothing to compare with
 * @throws Error when the other folder holds no cloud assembly
 */
export function compareAssemblies(before: string, after: string): Comparison {
  if (!fs.existsSync(path.join(before, 'manifest.json'))) return null;
  const [old, now] = [templates(before), templates(after)];
  return all([...new Set([...now.keys(), ...old.keys()])], (stack) =>
    compareTemplates(stack, old.get(stack) ?? {}, now.get(stack) ?? {}),
  );
}

/** Compares two templates of one stack. */
export function compareTemplates(stack: string, before: Template, after: Template): NonNullable<Comparison> {
  const inStack = <T>(found: T[]) => found.map((one) => ({ stack, ...one }));
  return {
    resources: inStack(compareResources(before, after)),
    permissions: inStack(widenedPermissions(before, after)),
    network: inStack(widenedNetwork(before, after)),
  };
}

function all(stacks: string[], compare: (stack: string) => NonNullable<Comparison>): Comparison {
  const found = stacks.map(compare);
  return {
    resources: found.flatMap(({ resources }) => resources),
    permissions: found.flatMap(({ permissions }) => permissions),
    network: found.flatMap(({ network }) => network),
  };
}

/** Templates by the path of their stack in the app, those of its stages too. */
function templates(folder: string): Map<string, Template> {
  // The two may come from different versions of the CDK: what is read here has been the same in all of them.
  const assembly = new CloudAssembly(folder, { skipVersionCheck: true });
  return new Map(assembly.stacksRecursively.map((stack) => [stack.hierarchicalId, stack.template]));
}
