import type {
  DescribeEventsInput,
  ListStacksInput,
  RollbackStackInput,
  Stack as StackDescription,
  UpdateTerminationProtectionInput,
} from '@aws-sdk/client-cloudformation';
import type { AwsService, Operation, Scope } from '../service';
import { CustomResourceResponses } from './custom-resources/responses';
import { validationError } from './errors';
import { AUDIT_RESOURCES } from './resources/audit';
import { CLOUDFORMATION_RESOURCES } from './resources/cdk';
import { VPC_RESOURCES } from './resources/vpc';
import { describeResource, describeStack, summarizeResource, summarizeStack } from './stack/describe';
import { Exports } from './stack/exports';
import { operationEvents } from './stack/operation-events';
import { type StackRequest, templateBody, withinLimits } from './stack/request';
import type { Stack } from './stack/stack';
import { StackOperations } from './stack/stack-operations';
import { StackRequests } from './stack/stack-requests';
import { Stacks } from './stack/stacks';
import { summarizeTemplate, validateTemplate } from './template/summary';

/** CloudFormation in one account and region. @see AWS CloudFormation API Reference */
export class CloudFormation implements AwsService {
  /** Where the gateway hands the responses of custom resources over. */
  readonly responses: CustomResourceResponses;
  readonly resources = [...VPC_RESOURCES, ...CLOUDFORMATION_RESOURCES, ...AUDIT_RESOURCES];
  private readonly stacks = new Stacks();
  private readonly exports = new Exports(() => this.stacks.all());
  private readonly stackOperations: StackOperations;
  private readonly requests: StackRequests;

  constructor(private readonly scope: Scope) {
    this.responses = new CustomResourceResponses(scope);
    this.stackOperations = new StackOperations(scope, this.exports);
    this.requests = new StackRequests(scope, this.stacks, this.exports, this.stackOperations);
  }

  readonly operations: Record<string, Operation> = {
    CreateStack: (input, call) => this.requests.createStack(withinLimits(input, call)),
    UpdateStack: (input, call) => this.requests.updateStack(withinLimits(input, call)),
    DeleteStack: (input) => this.requests.deleteStack(input),
    RollbackStack: async ({ StackName, ClientRequestToken }: RollbackStackInput) => {
      const stack = this.stacks.existing(StackName);
      await this.stackOperations.rollBack(stack, [], ClientRequestToken);
      return { StackId: stack.stackId };
    },
    ContinueUpdateRollback: async ({ StackName, ResourcesToSkip, ClientRequestToken }) => {
      await this.stackOperations.rollBack(
        this.stacks.existing(StackName),
        ResourcesToSkip,
        ClientRequestToken,
      );
      return {};
    },
    UpdateTerminationProtection: (input: UpdateTerminationProtectionInput) => {
      const stack = this.stacks.existing(input.StackName);
      stack.terminationProtection = input.EnableTerminationProtection === true;
      return { StackId: stack.stackId };
    },

    DescribeStacks: ({ StackName }) => ({
      Stacks: (StackName
        ? [this.stacks.get(StackName)]
        : this.stacks.all().filter(({ deleted }) => !deleted)
      ).map(describeStack),
    }),
    ListStacks: ({ StackStatusFilter: filter }: ListStacksInput) => ({
      StackSummaries: this.stacks
        .all()
        .filter(({ status }) => !filter?.length || filter.includes(status))
        .map(summarizeStack),
    }),
    DescribeStackEvents: ({ StackName }) => ({
      StackEvents: [...this.stacks.existing(StackName).events].reverse(),
    }),
    DescribeEvents: (input: DescribeEventsInput) => ({
      OperationEvents: operationEvents(input, this.stacks),
    }),
    DescribeStackResources: ({ StackName, PhysicalResourceId, LogicalResourceId }) => {
      const stack = StackName ? this.stacks.get(StackName) : this.stackOf(PhysicalResourceId);
      const resources = [...stack.resources.values()].filter(
        ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
      );
      return { StackResources: resources.map((resource) => describeResource(stack, resource)) };
    },
    DescribeStackResource: ({ StackName, LogicalResourceId }) => {
      const stack = this.stacks.get(StackName);
      const resource = stack.resources.get(LogicalResourceId);
      if (!resource) {
        throw validationError(`Resource ${LogicalResourceId} does not exist for stack ${stack.stackName}`);
      }
      const { Timestamp, ...description } = describeResource(stack, resource);
      const Metadata = resource.metadata === undefined ? undefined : JSON.stringify(resource.metadata);
      return { StackResourceDetail: { ...description, LastUpdatedTimestamp: Timestamp, Metadata } };
    },
    ListStackResources: ({ StackName }) => ({
      StackResourceSummaries: [...this.stacks.get(StackName).resources.values()].map(summarizeResource),
    }),

    CreateChangeSet: (input, call) => this.requests.createChangeSet(withinLimits(input, call)),
    DescribeChangeSet: ({ ChangeSetName, StackName, IncludePropertyValues }) =>
      this.stacks.changeSet(ChangeSetName, StackName).describe(IncludePropertyValues),
    ListChangeSets: ({ StackName }) => ({
      Summaries: [...this.stacks.existing(StackName).changeSets.values()].map((changeSet) =>
        changeSet.describe(),
      ),
    }),
    DeleteChangeSet: ({ ChangeSetName, StackName }) =>
      this.requests.deleteChangeSet(ChangeSetName, StackName),
    ExecuteChangeSet: (input) => this.requests.executeChangeSet(input),

    GetTemplate: ({ StackName, ChangeSetName }) => ({
      TemplateBody: ChangeSetName
        ? this.stacks.changeSet(ChangeSetName, StackName).settings.template.body
        : (this.stacks.get(StackName).settings?.template.body ?? ''),
      StagesAvailable: ['Original', 'Processed'],
    }),
    GetTemplateSummary: async (input) => summarizeTemplate(await this.bodyOf(input)),
    ValidateTemplate: async (input) => validateTemplate(await this.bodyOf(input)),

    ListExports: () => ({ Exports: this.exports.list() }),
    ListImports: ({ ExportName }) => {
      const Imports = this.exports.importers(ExportName);
      if (Imports.length === 0) throw validationError(`Export '${ExportName}' is not imported by any stack.`);
      return { Imports };
    },
  };

  /** The end of the operation under way on a stack, or its present state when there is none. */
  async finished(stackName: string): Promise<StackDescription> {
    const stack = this.stacks.latest(stackName) ?? this.stacks.get(stackName);
    while (stack.inProgress) await stack.operation;
    return describeStack(stack);
  }

  async stop(): Promise<void> {
    this.stackOperations.stop();
    this.responses.stop();
  }

  private stackOf(physicalId: string): Stack {
    const found = this.stacks
      .all()
      .find(({ resources }) =>
        [...resources.values()].some((resource) => resource.physicalId === physicalId),
      );
    if (!found) throw validationError(`Stack for ${physicalId} does not exist`);
    return found;
  }

  private async bodyOf(input: StackRequest & { StackName?: string }): Promise<string> {
    if (input.StackName) return this.stacks.get(input.StackName).settings?.template.body ?? '';
    return templateBody(input, this.scope);
  }
}
