import { AwsError } from '../../service';
import { validationError } from '../errors';
import type { ChangeSet } from './change-set';
import type { Stack } from './stack';

/** The stacks of one account and region, deleted ones included. */
export class Stacks {
  private readonly byId = new Map<string, Stack>();

  add(stack: Stack): void {
    this.byId.set(stack.stackId, stack);
  }

  all(): Stack[] {
    return [...this.byId.values()];
  }

  /** By id, or by name among those that are not deleted. */
  find(nameOrId = ''): Stack | undefined {
    return (
      this.byId.get(nameOrId) ?? this.all().find((stack) => stack.stackName === nameOrId && !stack.deleted)
    );
  }

  /** As `find`, or the stack of that name that was deleted last. */
  latest(nameOrId: string): Stack | undefined {
    return this.find(nameOrId) ?? this.all().findLast((stack) => stack.stackName === nameOrId);
  }

  /** @throws ValidationError in the words that clients of DescribeStacks match */
  get(nameOrId = ''): Stack {
    const stack = this.find(nameOrId);
    if (!stack) throw validationError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  /** @throws ValidationError in the words of every other operation */
  existing(nameOrId = ''): Stack {
    const stack = this.find(nameOrId);
    if (!stack) throw validationError(`Stack [${nameOrId}] does not exist`);
    return stack;
  }

  /** By id, or by name within a stack. */
  changeSet(nameOrId = '', stackName?: string): ChangeSet {
    const candidates = stackName === undefined ? this.all() : [this.existing(stackName)];
    for (const stack of candidates) {
      for (const changeSet of stack.changeSets.values()) {
        if (changeSet.id === nameOrId || (stackName !== undefined && changeSet.name === nameOrId))
          return changeSet;
      }
    }
    throw new AwsError('ChangeSetNotFoundException', `ChangeSet [${nameOrId}] does not exist`, 404);
  }
}
