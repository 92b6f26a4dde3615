import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ResourceStatus } from '@aws-sdk/client-cloudformation';
import { AwsError, type ResourceContext, type Scope } from '../../service';
import { messageOf } from '../errors';
import { dispositionOf, type ResourceProviders } from '../resources/providers';
import { propertiesToUpdate } from '../resources/update-policy';
import type { DesiredResource } from './desired-resource';
import { ResourceFailure, UpdateRefused } from './resource-failure';
import type { Stack, StackResource } from './stack';

/** Has providers create, change and delete the resources of one stack, and says so event by event. */
export class ResourceOperations {
  /** Resources whose operation was given up while it ran: they end in silence. */
  private readonly cancelled = new Set<string>();

  constructor(
    private readonly stack: Stack,
    private readonly providers: ResourceProviders,
    private readonly scope: Scope,
    private readonly tags: Readonly<Record<string, string>>,
    /** Aborted when the region stops: no provider is called any more. */
    private readonly signal: AbortSignal,
  ) {}

  async create(desired: DesiredResource): Promise<void> {
    this.record({ ...desired, attributes: {}, status: 'CREATE_IN_PROGRESS' });
    try {
      const created = await this.provider(desired).create(desired.properties, this.context(desired));
      this.record({ ...desired, attributes: {}, ...created, status: 'CREATE_COMPLETE' });
      this.enterLedger(desired);
    } catch (error) {
      const physicalId = error instanceof ResourceFailure ? error.physicalId : undefined;
      const failed = { ...desired, physicalId, attributes: {}, statusReason: reasonFor(error) };
      this.record({ ...failed, status: 'CREATE_FAILED' });
      throw error;
    }
  }

  /**
   * Changes a resource in place.
   * @returns the resource as it was when its provider made a new one instead, to be deleted at the end
   */
  async update(desired: DesiredResource, current: StackResource): Promise<StackResource | undefined> {
    const { physicalId, attributes } = current;
    this.record({ ...desired, physicalId, attributes, status: 'UPDATE_IN_PROGRESS' });
    try {
      const updated = await this.change(desired, current);
      this.record({ ...desired, attributes, ...updated, status: 'UPDATE_COMPLETE' });
      this.enterLedger(desired);
      return updated.physicalId === physicalId ? undefined : current;
    } catch (error) {
      const known = error instanceof UpdateRefused ? current : { ...desired, physicalId, attributes };
      this.record({ ...known, status: 'UPDATE_FAILED', statusReason: reasonFor(error) });
      throw error;
    }
  }

  /** Creates the new physical resource; the old one stays until the end of the update. */
  async replace(desired: DesiredResource, current: StackResource): Promise<void> {
    const { physicalId, attributes } = current;
    this.record({
      ...desired,
      physicalId,
      attributes,
      status: 'UPDATE_IN_PROGRESS',
      statusReason: 'Requested update requires the creation of a new physical resource; hence creating one.',
    });
    try {
      const created = await this.provider(desired).create(desired.properties, this.context(desired));
      this.record({ ...desired, attributes: {}, ...created, status: 'UPDATE_COMPLETE' });
      this.enterLedger(desired);
    } catch (error) {
      // The old resource is still the stack's: nothing of the new one is known.
      this.record({ ...current, status: 'UPDATE_FAILED', statusReason: reasonFor(error) });
      throw error;
    }
  }

  /** Says why an operation on a resource could not even begin. */
  reject(desired: DesiredResource, current: StackResource | undefined, error: unknown): void {
    const unchanged = current ?? { ...desired, attributes: {} };
    this.record({
      ...unchanged,
      status: current ? 'UPDATE_FAILED' : 'CREATE_FAILED',
      statusReason: messageOf(error),
    });
  }

  /** Takes a resource for rolled back without touching it. */
  skip(before: StackResource): void {
    const statusReason = 'Resource skipped during UpdateRollback';
    this.record({ ...before, status: 'UPDATE_COMPLETE', statusReason });
  }

  /** Takes over what the template says beside the properties: the provider has nothing to do. */
  redeclare(desired: DesiredResource, current: StackResource): void {
    this.record({ ...current, ...desired, status: 'UPDATE_COMPLETE', statusReason: undefined });
  }

  /** Gives a resource of an abandoned update back the state it had before. */
  async restore(before: StackResource, current: StackResource): Promise<void> {
    const { physicalId, attributes } = before;
    const changed = !isDeepStrictEqual(before.properties, current.properties);
    if (changed && current.physicalId === physicalId) {
      this.record({ ...before, status: 'UPDATE_IN_PROGRESS', statusReason: undefined });
      try {
        const updated = await this.change(before, current);
        this.record({ ...before, attributes, ...updated, status: 'UPDATE_COMPLETE' });
      } catch (error) {
        this.record({
          ...current,
          status: 'UPDATE_FAILED',
          statusReason: reasonFor(error),
        });
        throw error;
      }
    } else {
      this.record({ ...before, status: 'UPDATE_COMPLETE', statusReason: undefined });
    }
    this.enterLedger(before);
  }

  /**
   * Deletes a physical resource.
   * @param superseded it is no longer what the stack's template stands for, so that the stack keeps the newer one
   */
  async delete(resource: StackResource, superseded: boolean): Promise<void> {
    const say = (status: ResourceStatus, statusReason?: string) => {
      const changed = { ...resource, status, statusReason };
      if (superseded) this.stack.resourceEvent(changed);
      else this.record(changed);
    };
    // A resource whose creation failed has nothing to delete.
    if (resource.physicalId !== undefined) {
      say('DELETE_IN_PROGRESS');
      try {
        await this.provider(resource).delete(
          resource.physicalId,
          resource.properties,
          this.context(resource),
        );
      } catch (error) {
        say('DELETE_FAILED', reasonFor(error));
        throw error;
      }
    }
    say('DELETE_COMPLETE');
    if (!superseded) this.forget(resource.logicalId);
  }

  /** Leaves a retained resource alone: the stack no longer knows it. */
  retain(resource: StackResource, superseded: boolean): void {
    this.stack.resourceEvent({ ...resource, status: 'DELETE_SKIPPED', statusReason: undefined });
    if (!superseded) this.forget(resource.logicalId);
  }

  /** Gives up on resources whose operation is still under way; it is waited for, but no longer reported. */
  cancel(logicalIds: readonly string[]): void {
    for (const logicalId of logicalIds) {
      const resource = this.stack.resources.get(logicalId);
      if (!resource?.status.endsWith('_IN_PROGRESS')) continue;
      const creating = resource.status === 'CREATE_IN_PROGRESS';
      this.record({
        ...resource,
        status: creating ? 'CREATE_FAILED' : 'UPDATE_FAILED',
        statusReason: `Resource ${creating ? 'creation' : 'update'} cancelled`,
      });
      this.cancelled.add(logicalId);
    }
  }

  private async change(desired: DesiredResource, current: StackResource) {
    const physicalId = current.physicalId!;
    const update = { ...desired, physicalId, previous: current.properties };
    const properties = await propertiesToUpdate(update, this.scope);
    return this.provider(desired).update(physicalId, properties, current.properties, this.context(desired));
  }

  private record(resource: Omit<StackResource, 'timestamp'>): void {
    const { logicalId } = resource;
    if (this.cancelled.delete(logicalId)) {
      const { status, statusReason, timestamp } = this.stack.resources.get(logicalId)!;
      this.stack.resources.set(logicalId, { ...resource, status, statusReason, timestamp });
      return;
    }
    const timestamp = this.stack.resourceEvent(resource);
    this.stack.resources.set(logicalId, { ...resource, timestamp });
  }

  private forget(logicalId: string): void {
    this.stack.resources.delete(logicalId);
    this.scope.ledger.forget(this.inLedger(logicalId));
  }

  private enterLedger({ logicalId, type, properties, updatePolicy }: DesiredResource): void {
    const provider = this.providers.get(type);
    const { ledger } = this.scope;
    const resource = { ...this.inLedger(logicalId), type };
    ledger.forget(resource);
    ledger.record({ ...resource, disposition: provider.disposition });
    for (const property of Object.keys(properties)) {
      const disposition = dispositionOf(provider, property) ?? 'refused';
      ledger.record({ ...resource, property, disposition });
    }
    if (updatePolicy) ledger.record({ ...resource, property: 'UpdatePolicy', disposition: 'modelled' });
  }

  private inLedger(logicalId: string) {
    const { accountId, region } = this.scope;
    return { place: `${accountId}/${region}`, stackName: this.stack.stackName, logicalId };
  }

  private provider({ type }: DesiredResource) {
    this.signal.throwIfAborted();
    return this.providers.get(type);
  }

  private context({ logicalId }: DesiredResource): ResourceContext {
    const { stackName, stackId } = this.stack;
    return { scope: this.scope, stackName, stackId, logicalId, tags: this.tags };
  }
}

/** A provider's error in the words of CloudFormation's resource handlers; the CDK CLI reads the code at its end. */
function reasonFor(error: unknown): string {
  if (error instanceof ResourceFailure) return error.message;
  return `Resource handler returned message: "${messageOf(error)}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${handlerErrorCode(error)})`;
}

/** @see CloudFormation CLI User Guide, "Resource type handler error codes" */
function handlerErrorCode(error: unknown): string {
  if (!(error instanceof AwsError)) return 'InternalFailure';
  if (/NotFound|DoesNotExist|NoSuch/i.test(error.code)) return 'NotFound';
  if (/AlreadyExists|AlreadyOwned|Conflict/i.test(error.code)) return 'AlreadyExists';
  if (/AccessDenied|Unauthorized/i.test(error.code)) return 'AccessDenied';
  if (/Limit|Quota/i.test(error.code)) return 'ServiceLimitExceeded';
  return 'InvalidRequest';
}
