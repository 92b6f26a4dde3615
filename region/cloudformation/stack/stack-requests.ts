import type {
  ChangeSetType,
  CreateChangeSetInput,
  CreateStackInput,
  DeleteStackInput,
  ExecuteChangeSetInput,
  UpdateStackInput,
} from '@aws-sdk/client-cloudformation';
import { AwsError, type Scope } from '../../service';
import { validationError } from '../errors';
import { ResourceProviders } from '../resources/providers';
import { ResourceSchemas } from '../resources/schemas';
import { ChangeSet } from './change-set';
import type { Exports } from './exports';
import { settingsOf } from './request';
import { Stack } from './stack';
import { checkUpdatable, type StackOperations } from './stack-operations';
import type { Stacks } from './stacks';

/** What clients ask for: checked, and then begun. */
export class StackRequests {
  constructor(
    private readonly scope: Scope,
    private readonly stacks: Stacks,
    private readonly exports: Exports,
    private readonly operations: StackOperations,
  ) {}

  async createStack(input: CreateStackInput) {
    if (this.stacks.find(input.StackName)) {
      throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
    }
    const stack = this.newStack(input.StackName);
    const { settings } = await this.plan(stack, { ...input, ChangeSetName: 'create' }, 'CREATE');
    stack.terminationProtection = input.EnableTerminationProtection ?? false;
    this.stacks.add(stack);
    await this.operations.deploy(stack, settings, 'CREATE', input.ClientRequestToken, input.OnFailure);
    return { StackId: stack.stackId };
  }

  async updateStack(input: UpdateStackInput) {
    const stack = this.stacks.existing(input.StackName);
    checkUpdatable(stack);
    const { settings } = await this.plan(stack, { ...input, ChangeSetName: 'update' }, 'UPDATE');
    await this.operations.deploy(stack, settings, 'UPDATE', input.ClientRequestToken);
    return { StackId: stack.stackId };
  }

  async deleteStack(input: DeleteStackInput) {
    const stack = this.stacks.find(input.StackName);
    if (!stack || stack.deleted || stack.status === 'DELETE_IN_PROGRESS') return {};
    if (stack.terminationProtection) {
      throw validationError(
        `Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`,
      );
    }
    if (input.RetainResources?.length && stack.status !== 'DELETE_FAILED') {
      throw validationError(
        `Invalid operation on stack [${stack.stackId}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
      );
    }
    await this.operations.delete(stack, input.RetainResources, input.ClientRequestToken);
    return {};
  }

  async createChangeSet(input: CreateChangeSetInput) {
    const stack = this.stackFor(input);
    if (stack.changeSets.has(input.ChangeSetName!)) {
      throw new AwsError('AlreadyExistsException', `ChangeSet ${input.ChangeSetName} already exists`);
    }
    const changeSet = await this.prepare(stack, input, input.ChangeSetType ?? 'UPDATE');
    if (!this.stacks.find(stack.stackId)) {
      this.stacks.add(stack);
      stack.beginOperation(input.ClientToken);
      stack.setStatus('REVIEW_IN_PROGRESS', 'User Initiated');
    }
    stack.changeSets.set(changeSet.name, changeSet);
    if (changeSet.problems.length > 0) {
      this.scope.journal.append({
        source: 'cloudformation',
        type: 'ChangeSetRefused',
        subject: stack.stackName,
        message: `${stack.stackName}: ${changeSet.statusReason}`,
        detail: { stackId: stack.stackId, changeSetId: changeSet.id, problems: changeSet.problems },
      });
    }
    return { Id: changeSet.id, StackId: stack.stackId };
  }

  /** Succeeds when the change set is already gone. */
  deleteChangeSet(nameOrId: string, stackName?: string) {
    if (stackName !== undefined) this.stacks.existing(stackName);
    for (const stack of this.stacks.all()) {
      for (const [name, { id }] of stack.changeSets) {
        const named = name === nameOrId && [stack.stackName, stack.stackId].includes(stackName ?? '');
        if (id === nameOrId || named) stack.changeSets.delete(name);
      }
    }
    return {};
  }

  async executeChangeSet(input: ExecuteChangeSetInput) {
    const changeSet = this.stacks.changeSet(input.ChangeSetName, input.StackName);
    const { stack } = changeSet;
    const repeated =
      input.ClientRequestToken !== undefined && changeSet.executionToken === input.ClientRequestToken;
    if (repeated) return {};
    if (changeSet.executionStatus !== 'AVAILABLE') {
      throw new AwsError(
        'InvalidChangeSetStatusException',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
      );
    }
    if (changeSet.type === 'UPDATE') checkUpdatable(stack);
    const disableRollback = input.DisableRollback ?? changeSet.settings.disableRollback;
    changeSet.executionToken = input.ClientRequestToken;
    changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
    await this.operations.deploy(
      stack,
      { ...changeSet.settings, disableRollback },
      changeSet.type === 'CREATE' ? 'CREATE' : 'UPDATE',
      input.ClientRequestToken,
      changeSet.input.OnStackFailure,
    );
    stack.executedChangeSetId = changeSet.id;
    void stack.operation.then(() => {
      const succeeded = stack.status === 'CREATE_COMPLETE' || stack.status === 'UPDATE_COMPLETE';
      changeSet.executionStatus = succeeded ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
    });
    return {};
  }

  /** The change set that a direct creation or update amounts to. */
  private async plan(
    stack: Stack,
    input: CreateChangeSetInput,
    type: 'CREATE' | 'UPDATE',
  ): Promise<ChangeSet> {
    const changeSet = await this.prepare(stack, input, type);
    if (changeSet.status === 'FAILED') {
      throw validationError(changeSet.empty ? 'No updates are to be performed.' : changeSet.statusReason!);
    }
    return changeSet;
  }

  private async prepare(stack: Stack, input: CreateChangeSetInput, type: ChangeSetType): Promise<ChangeSet> {
    const settings = await settingsOf(input, stack, this.scope, this.exports);
    const changeSet = new ChangeSet(stack, input, type, settings, this.scope);
    await changeSet.prepare(await ResourceProviders.of(this.scope), await ResourceSchemas.load(), this.scope);
    return changeSet;
  }

  private stackFor({ StackName, ChangeSetName, ChangeSetType }: CreateChangeSetInput): Stack {
    if (ChangeSetType === 'IMPORT') {
      throw validationError('The rehearsal region does not play change sets of type IMPORT');
    }
    const existing = this.stacks.find(StackName);
    if (ChangeSetType === 'CREATE') {
      if (existing && existing.status !== 'REVIEW_IN_PROGRESS') {
        throw validationError(
          `Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`,
        );
      }
      return existing ?? this.newStack(StackName);
    }
    const stack = this.stacks.existing(StackName);
    checkUpdatable(stack);
    return stack;
  }

  private newStack(name = ''): Stack {
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
      throw validationError(
        `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    }
    return new Stack(name, this.scope);
  }
}
