import { randomUUID } from 'node:crypto';
import type {
  Capability,
  DeploymentConfig,
  Output,
  ResourceStatus,
  RollbackConfiguration,
  StackEvent,
  StackStatus,
  Tag,
} from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../service';
import type { ResolvedTemplate } from '../template/resolved-template';
import type { ChangeSet } from './change-set';

/** One resource of a stack as it is now. Replaced as a whole whenever something about it changes. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Absent until the resource was created. */
  readonly physicalId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Whether the attributes are masked wherever the stack shows them. */
  readonly noEcho?: boolean;
  readonly dependsOn: ReadonlySet<string>;
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  readonly updatePolicy?: Readonly<Record<string, unknown>>;
  readonly metadata?: unknown;
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly timestamp: Date;
}

/** What a stack was asked to be. */
export interface StackSettings {
  readonly template: ResolvedTemplate;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly Capability[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
  readonly rollbackConfiguration?: RollbackConfiguration;
  readonly disableRollback: boolean;
  readonly deploymentConfig?: DeploymentConfig;
}

/** An operation that stopped without rolling back: where a rollback has to lead, and what is left to delete. */
export interface PausedOperation {
  readonly kind: 'CREATE' | 'UPDATE';
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly superseded: readonly StackResource[];
  readonly settings?: StackSettings;
}

/** A stack: its settings, resources, outputs and history. */
export class Stack {
  readonly stackId: string;
  status: StackStatus = 'REVIEW_IN_PROGRESS';
  statusReason?: string;
  settings?: StackSettings;
  resources = new Map<string, StackResource>();
  outputs: Output[] = [];
  readonly changeSets = new Map<string, ChangeSet>();
  executedChangeSetId?: string;
  terminationProtection = false;
  paused?: PausedOperation;
  readonly creationTime: Date;
  lastUpdatedTime?: Date;
  deletionTime?: Date;
  /** Oldest first. */
  readonly events: StackEvent[] = [];
  /** Settles when the operation under way has ended; never rejects. */
  operation: Promise<void> = Promise.resolve();
  private operationId = randomUUID();
  private clientRequestToken?: string;
  private newestTimestamp = 0;

  constructor(
    readonly stackName: string,
    private readonly scope: Scope,
  ) {
    const { region, accountId } = scope;
    this.stackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${randomUUID()}`;
    this.creationTime = this.timestamp();
  }

  get inProgress(): boolean {
    return this.status.endsWith('_IN_PROGRESS') && this.status !== 'REVIEW_IN_PROGRESS';
  }

  get deleted(): boolean {
    return this.status === 'DELETE_COMPLETE';
  }

  /** The ARN's last part tells apart stacks that had the same name one after the other. */
  get uniqueId(): string {
    return this.stackId.split('/').at(-1)!;
  }

  /** Events of one operation share an id, by which the CDK CLI finds the attempt it has to explain. */
  beginOperation(clientRequestToken?: string): void {
    this.operationId = randomUUID();
    this.clientRequestToken = clientRequestToken;
  }

  setStatus(status: StackStatus, reason?: string): void {
    this.status = status;
    this.statusReason = reason;
    this.appendEvent({
      LogicalResourceId: this.stackName,
      PhysicalResourceId: this.stackId,
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: status as ResourceStatus,
      ResourceStatusReason: reason,
    });
    this.scope.journal.append({
      source: 'cloudformation',
      type: 'StackStateChange',
      subject: this.stackName,
      message: `${this.stackName}: ${status}${reason ? ` (${reason})` : ''}`,
      detail: { stackId: this.stackId, status, reason },
    });
    this.scope.service('events').emit({
      source: 'aws.cloudformation',
      detailType: 'CloudFormation Stack Status Change',
      resources: [this.stackId],
      detail: {
        'stack-id': this.stackId,
        'status-details': { status, 'status-reason': reason ?? '' },
        'client-request-token': this.clientRequestToken ?? '',
      },
    });
  }

  /** Says what happened to a resource. */
  resourceEvent(resource: Omit<StackResource, 'timestamp'>): Date {
    const properties = this.masked(JSON.stringify(resource.properties));
    return this.appendEvent({
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: resource.physicalId ?? '',
      ResourceType: resource.type,
      ResourceStatus: resource.status,
      ResourceStatusReason: resource.statusReason,
      ResourceProperties: properties,
    });
  }

  /**
   * Wall time, later by a millisecond at least than every time given before. The CDK CLI asks for events since the
   * creation of its change set (deploy), or since its own clock's time (destroy, direct deployment), and sorts them by
   * time alone (`PollRange.sinceTimestamp` and `StackEventPoller.poll` in aws-cdk 2.1148.1); so AWS time, which may run
   * apart from the CLI's clock, is no use here.
   */
  timestamp(): Date {
    this.newestTimestamp = Math.max(this.scope.clock.wall(), this.newestTimestamp + 1);
    return new Date(this.newestTimestamp);
  }

  /** JSON without the values that resources keep to themselves. CloudFormation masks them everywhere but in outputs. */
  masked(json: string): string {
    const secrets = [...this.resources.values()].flatMap(({ noEcho, attributes }) =>
      noEcho ? Object.values(attributes).map(String) : [],
    );
    return secrets
      .filter((secret) => secret !== '')
      .reduce((text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), '*****'), json);
  }

  private appendEvent(event: Partial<StackEvent>): Date {
    const Timestamp = this.timestamp();
    this.events.push({
      StackId: this.stackId,
      StackName: this.stackName,
      EventId:
        event.PhysicalResourceId === this.stackId
          ? randomUUID()
          : `${event.LogicalResourceId}-${event.ResourceStatus}-${Timestamp.toISOString()}`,
      OperationId: this.operationId,
      ClientRequestToken: this.clientRequestToken,
      Timestamp,
      ...event,
    });
    return Timestamp;
  }
}
