import { randomUUID } from 'node:crypto';
import type {
  ChangeSetStatus,
  ChangeSetType,
  CreateChangeSetInput,
  DescribeChangeSetOutput,
  ExecutionStatus,
  OperationEvent,
  ResourceChange,
} from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../service';
import { messageOf } from '../errors';
import { checkResources, type Problem } from '../resources/check';
import type { ResourceProviders } from '../resources/providers';
import type { ResourceSchemas } from '../resources/schemas';
import { describeParameter } from '../template/parameters';
import { preview } from './preview';
import type { Stack, StackSettings } from './stack';

/** CodePipeline and the CDK CLI tell an empty change set by how this sentence begins. */
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** The changes that a stack would go through, to be looked at and executed. */
export class ChangeSet {
  readonly id: string;
  readonly creationTime: Date;
  status: ChangeSetStatus = 'CREATE_IN_PROGRESS';
  executionStatus: ExecutionStatus = 'UNAVAILABLE';
  statusReason?: string;
  changes: readonly ResourceChange[] = [];
  problems: readonly Problem[] = [];
  /** The token of the request that executed it: the same request sent again changes nothing. */
  executionToken?: string;

  constructor(
    readonly stack: Stack,
    readonly input: CreateChangeSetInput,
    readonly type: ChangeSetType,
    readonly settings: StackSettings,
    scope: Scope,
  ) {
    const { region, accountId } = scope;
    this.id = `arn:aws:cloudformation:${region}:${accountId}:changeSet/${this.name}/${randomUUID()}`;
    this.creationTime = stack.timestamp();
  }

  get name(): string {
    return this.input.ChangeSetName!;
  }

  /** It failed only because nothing would change. */
  get empty(): boolean {
    return this.statusReason === NO_CHANGES;
  }

  /** Checks what the template asks for and works out the changes. Never rejects: what is wrong becomes its reason. */
  async prepare(providers: ResourceProviders, schemas: ResourceSchemas, scope: Scope): Promise<void> {
    try {
      this.problems = checkResources(this.settings.template, providers, schemas);
      if (this.problems.length > 0) return this.fail(this.problems.map(({ message }) => message).join('\n'));
      this.changes = await preview(this.stack, this.settings, schemas, scope);
      if (this.type === 'UPDATE' && this.changes.length === 0 && !changesStack(this.stack, this.settings)) {
        return this.fail(NO_CHANGES);
      }
      this.status = 'CREATE_COMPLETE';
      this.executionStatus = 'AVAILABLE';
    } catch (error) {
      this.fail(messageOf(error));
    }
  }

  describe(includePropertyValues = false): Omit<DescribeChangeSetOutput, '$metadata'> {
    const { stack, input, settings } = this;
    return {
      ChangeSetName: this.name,
      ChangeSetId: this.id,
      StackId: stack.stackId,
      StackName: stack.stackName,
      Description: input.Description,
      Parameters: [...settings.template.parameters.values()].map(describeParameter),
      CreationTime: this.creationTime,
      ExecutionStatus: this.executionStatus,
      Status: this.status,
      StatusReason: this.statusReason,
      NotificationARNs: [...settings.notificationArns],
      RollbackConfiguration: settings.rollbackConfiguration ?? {},
      Capabilities: [...settings.capabilities],
      Tags: [...settings.tags],
      Changes: this.changes.map((change) => ({
        Type: 'Resource',
        ResourceChange: includePropertyValues ? change : withoutValues(change),
      })),
      IncludeNestedStacks: input.IncludeNestedStacks ?? false,
      OnStackFailure: input.OnStackFailure,
      ImportExistingResources: input.ImportExistingResources,
      DeploymentConfig: input.DeploymentConfig,
    };
  }

  /** Why it failed, resource by resource, as DescribeEvents returns it. */
  events(): OperationEvent[] {
    return this.problems.map((problem) => ({
      EventId: `${this.id}/${problem.path}/${problem.validation}`,
      StackId: this.stack.stackId,
      OperationId: this.id,
      OperationType: 'CREATE_CHANGESET',
      EventType: 'VALIDATION_ERROR',
      LogicalResourceId: problem.logicalId,
      ResourceType: problem.type,
      Timestamp: this.creationTime,
      ValidationFailureMode: 'FAIL',
      ValidationName: problem.validation,
      ValidationStatus: 'FAILED',
      ValidationStatusReason: problem.message,
      ValidationPath: problem.path,
    }));
  }

  private fail(reason: string): void {
    this.status = 'FAILED';
    this.executionStatus = 'UNAVAILABLE';
    this.statusReason = reason;
  }
}

/** Whether anything but its resources would change: outputs, tags. */
function changesStack(stack: Stack, settings: StackSettings): boolean {
  const facts = ({ template, tags }: StackSettings) =>
    JSON.stringify([
      [...template.outputs],
      tags,
      [...template.parameters.values()].map(({ value }) => value),
    ]);
  return !stack.settings || stack.paused !== undefined || facts(stack.settings) !== facts(settings);
}

function withoutValues({
  BeforeContext: _before,
  AfterContext: _after,
  ...change
}: ResourceChange): ResourceChange {
  return {
    ...change,
    Details: change.Details?.map(({ Target = {}, ...detail }) => {
      const {
        Path: _path,
        BeforeValue: _old,
        AfterValue: _new,
        AttributeChangeType: _type,
        ...rest
      } = Target;
      return { Target: rest, ...detail };
    }),
  };
}
