import { isDeepStrictEqual } from 'node:util';
import type { Output } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../service';
import { messageOf } from '../errors';
import type { ResourceSchemas } from '../resources/schemas';
import { resolveDynamicReferences } from '../template/dynamic-references';
import { walk } from '../template/graph';
import { decide } from './changes';
import { type DesiredResource, declaredResource, evaluateProperties } from './desired-resource';
import type { Exports } from './exports';
import { attributeOf } from './live-resources';
import { remove } from './removal';
import type { ResourceOperations } from './resource-operations';
import { rollBack } from './rollback';
import type { PausedOperation, Stack, StackResource, StackSettings } from './stack';

/** What a deployment works with. */
export interface DeploymentTools {
  readonly operations: ResourceOperations;
  readonly schemas: ResourceSchemas;
  readonly exports: Exports;
  readonly scope: Scope;
}

/** Brings a stack from what it is to what it was asked to be, or back again when that fails. */
export class Deployment {
  /** Physical resources that a newer one has taken the place of. */
  private readonly superseded: StackResource[];
  private readonly before: PausedOperation;
  private stopped = false;

  constructor(
    private readonly stack: Stack,
    private readonly settings: StackSettings,
    private readonly tools: DeploymentTools,
    private readonly kind: 'CREATE' | 'UPDATE',
  ) {
    // An update of a stack that stopped half way rolls back to where that first operation began.
    this.before = stack.paused ?? {
      kind,
      resources: new Map(stack.resources),
      superseded: [],
      settings: stack.settings,
    };
    this.superseded = [...this.before.superseded];
    stack.paused = undefined;
    stack.settings = settings;
    if (kind === 'UPDATE') stack.lastUpdatedTime = stack.timestamp();
    stack.setStatus(`${kind}_IN_PROGRESS`, 'User Initiated');
  }

  async run(): Promise<void> {
    const { stack, kind } = this;
    const { template } = this.settings;
    const { operations, exports } = this.tools;
    const failed = await walk(template.graph, (logicalId) => this.apply(logicalId), {
      stopOnFailure: true,
      onStop: (running) => {
        this.stopped = true;
        operations.cancel(running);
      },
    });
    if (failed.size > 0) return this.fail(failureReason(stack));
    try {
      const outputs = await this.outputs();
      exports.checkChange(stack, outputs);
      stack.outputs = outputs;
    } catch (error) {
      return this.fail(messageOf(error));
    }
    if (kind === 'UPDATE') await this.cleanUp();
    stack.setStatus(`${kind}_COMPLETE`);
  }

  private async apply(logicalId: string): Promise<void> {
    const { operations, schemas } = this.tools;
    const current = this.stack.resources.get(logicalId);
    const desired = await this.desire(logicalId, current);
    if (this.stopped) throw new Error('The operation stopped before this resource was begun');
    if (!current || current.physicalId === undefined) return operations.create(desired);
    if (current.status === 'CREATE_FAILED') {
      this.superseded.push(current);
      return operations.create(desired);
    }
    switch (decide(desired, current, schemas, this.tagsChanged)) {
      case 'none':
        return;
      case 'redeclare':
        return operations.redeclare(desired, current);
      case 'replace':
        await operations.replace(desired, current);
        this.superseded.push(current);
        return;
      case 'update': {
        const old = await operations.update(desired, current);
        if (old) this.superseded.push(old);
      }
    }
  }

  private async desire(logicalId: string, current?: StackResource): Promise<DesiredResource> {
    const { scope, schemas, operations } = this.tools;
    const { template } = this.settings;
    const declared = declaredResource(logicalId, template);
    try {
      const properties = await evaluateProperties(logicalId, template, this.live(), schemas, scope);
      return { ...declared, properties };
    } catch (error) {
      operations.reject({ ...declared, properties: {} }, current, error);
      throw error;
    }
  }

  private async outputs(): Promise<Output[]> {
    const { template } = this.settings;
    const live = this.live();
    const outputs = [...template.outputs].map(async ([name, declaration]) => {
      const value = template.evaluate(declaration.Value, live);
      return {
        OutputKey: name,
        OutputValue: String(await resolveDynamicReferences(value, this.tools.scope)),
        Description: declaration.Description,
        ...(declaration.Export && { ExportName: String(template.evaluate(declaration.Export.Name, live)) }),
      };
    });
    return Promise.all(outputs);
  }

  private live() {
    return {
      ref: (logicalId: string) => this.stack.resources.get(logicalId)!.physicalId,
      getAtt: (logicalId: string, attribute: string) =>
        attributeOf(this.stack.resources.get(logicalId)!, attribute),
    };
  }

  private get tagsChanged(): boolean {
    return !isDeepStrictEqual(this.before.settings?.tags ?? [], this.settings.tags);
  }

  /** Deletes what was replaced and what the template no longer holds. A failure here does not fail the update. */
  private async cleanUp(): Promise<void> {
    const { stack } = this;
    stack.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    const { resources } = this.settings.template;
    const removed = [...stack.resources.values()].filter(({ logicalId }) => !resources.has(logicalId));
    await remove(
      [
        ...this.superseded.map((resource) => ({
          resource,
          superseded: true,
          retain: resource.updateReplacePolicy === 'Retain',
        })),
        ...removed.map((resource) => ({
          resource,
          superseded: false,
          retain: resource.deletionPolicy.startsWith('Retain'),
        })),
      ],
      this.tools.operations,
    );
  }

  private async fail(reason: string): Promise<void> {
    const { stack, before } = this;
    const paused = { ...before, superseded: this.superseded };
    if (this.settings.disableRollback) {
      stack.paused = paused;
      stack.setStatus(`${this.kind}_FAILED`, reason);
      return;
    }
    await rollBack(stack, paused, `${reason} Rollback requested by user.`, this.tools.operations);
  }
}

/** "The following resource(s) failed to create: [A]. The following resource(s) failed to update: [B]." */
function failureReason(stack: Stack): string {
  const sentences = (['create', 'update'] as const).map((verb) => {
    const failed = [...stack.resources.values()].filter(
      ({ status }) => status === `${verb.toUpperCase()}_FAILED`,
    );
    const ids = failed.map(({ logicalId }) => logicalId);
    return ids.length > 0 ? `The following resource(s) failed to ${verb}: [${ids.join(', ')}].` : '';
  });
  return sentences.filter(Boolean).join(' ');
}
