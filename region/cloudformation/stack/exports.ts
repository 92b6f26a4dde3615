import type { Export, Output } from '@aws-sdk/client-cloudformation';
import { validationError } from '../errors';
import type { Stack } from './stack';

/** The values that stacks of one account and region give to one another. */
export class Exports {
  constructor(private readonly stacks: () => Iterable<Stack>) {}

  list(): Export[] {
    return [...this.stacks()].flatMap((stack) =>
      stack.deleted
        ? []
        : stack.outputs
            .filter((output) => output.ExportName !== undefined)
            .map((output) => ({
              ExportingStackId: stack.stackId,
              Name: output.ExportName,
              Value: output.OutputValue,
            })),
    );
  }

  value(name: string): string {
    const found = this.list().find((candidate) => candidate.Name === name);
    if (!found) throw validationError(`No export named ${name} found.`);
    return found.Value!;
  }

  /** Names of the stacks that take this export. */
  importers(name: string): string[] {
    return [...this.stacks()]
      .filter((stack) => !stack.deleted && stack.settings?.template.imports.has(name))
      .map((stack) => stack.stackName);
  }

  /** Refuses new outputs of a stack that another stack's export or import stands against. */
  checkChange(stack: Stack, outputs: readonly Output[]): void {
    for (const { ExportName } of outputs) {
      const other = this.list().find(({ Name }) => Name === ExportName);
      if (ExportName !== undefined && other && other.ExportingStackId !== stack.stackId) {
        throw validationError(`Export with name ${ExportName} is already exported by stack ${nameOf(other)}`);
      }
    }
    for (const { ExportName, OutputValue } of stack.outputs) {
      const users = ExportName === undefined ? [] : this.importers(ExportName);
      if (users.length === 0) continue;
      const after = outputs.find((output) => output.ExportName === ExportName);
      if (after?.OutputValue === OutputValue) continue;
      throw validationError(
        `Export ${ExportName} cannot be ${after ? 'updated' : 'deleted'} as it is in use by ${users.join(', ')}`,
      );
    }
  }
}

function nameOf({ ExportingStackId }: Export): string {
  return ExportingStackId!.split('/')[1];
}
