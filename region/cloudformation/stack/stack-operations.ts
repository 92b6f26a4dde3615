import type { OnStackFailure, StackStatus, Tag } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../service';
import { messageOf, validationError } from '../errors';
import { ResourceProviders } from '../resources/providers';
import { ResourceSchemas } from '../resources/schemas';
import { deleteStack } from './deletion';
import { Deployment } from './deployment';
import type { Exports } from './exports';
import { ResourceOperations } from './resource-operations';
import { rollBack } from './rollback';
import type { Stack, StackSettings } from './stack';

const UPDATABLE: readonly StackStatus[] = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_FAILED',
];

/** Refuses an update of a stack that cannot take one now. */
export function checkUpdatable(stack: Stack): void {
  if (!UPDATABLE.includes(stack.status)) {
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be updated.`);
  }
}

/**
 * Begins the operations on stacks. Each sets the stack's state before it returns, so that the client who asked finds
 * an operation under way: one who found the state of before would take that for the result.
 */
export class StackOperations {
  private readonly stopping = new AbortController();

  constructor(
    private readonly scope: Scope,
    private readonly exports: Exports,
  ) {}

  async deploy(
    stack: Stack,
    settings: StackSettings,
    kind: 'CREATE' | 'UPDATE',
    token?: string,
    onFailure: OnStackFailure = 'ROLLBACK',
  ): Promise<void> {
    const operations = await this.resourceOperations(stack, settings.tags);
    const schemas = await ResourceSchemas.load();
    if (stack.inProgress) checkUpdatable(stack);
    stack.beginOperation(token);
    stack.changeSets.clear();
    const tools = { operations, schemas, exports: this.exports, scope: this.scope };
    const disableRollback = settings.disableRollback || onFailure === 'DO_NOTHING';
    const deployment = new Deployment(stack, { ...settings, disableRollback }, tools, kind);
    this.run(stack, async () => {
      await deployment.run();
      if (onFailure === 'DELETE' && stack.status === 'ROLLBACK_COMPLETE') {
        await deleteStack(stack, [], operations, this.exports);
      }
    });
  }

  async delete(stack: Stack, retain: readonly string[] = [], token?: string): Promise<void> {
    const operations = await this.resourceOperations(stack, stack.settings?.tags ?? []);
    const work = () => {
      stack.beginOperation(token);
      return deleteStack(stack, retain, operations, this.exports);
    };
    // AWS breaks off a creation or update under way; here it ends first.
    const before = stack.inProgress ? stack.operation : undefined;
    this.run(stack, before ? () => before.then(work) : work);
  }

  /** Goes back after an operation that was left standing, or after a rollback that failed. */
  async rollBack(stack: Stack, skip: readonly string[] = [], token?: string): Promise<void> {
    const operations = await this.resourceOperations(stack, stack.paused?.settings?.tags ?? []);
    const { paused } = stack;
    if (!paused) {
      throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be rolled back.`);
    }
    stack.beginOperation(token);
    for (const logicalId of skip) {
      const before = paused.resources.get(logicalId);
      if (before) operations.skip(before);
    }
    this.run(stack, () => rollBack(stack, paused, 'User Initiated', operations));
  }

  /** Lets operations under way go no further, so that nothing is launched behind a stopping region. */
  stop(): void {
    this.stopping.abort(new Error('The rehearsal region is stopping'));
  }

  private run(stack: Stack, work: () => Promise<void>): void {
    stack.operation = work().catch((error) => {
      const failed = stack.status.replace(/_(COMPLETE_CLEANUP_)?IN_PROGRESS$/, '_FAILED') as StackStatus;
      stack.setStatus(failed, `Internal failure of the rehearsal region: ${messageOf(error)}`);
    });
  }

  private async resourceOperations(stack: Stack, tags: readonly Tag[]): Promise<ResourceOperations> {
    const byKey = Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!]));
    return new ResourceOperations(
      stack,
      await ResourceProviders.of(this.scope),
      this.scope,
      byKey,
      this.stopping.signal,
    );
  }
}
