import { fileInZip, zipOf } from '../../zip/zip';
import { type ActionContext, ActionFailure, type ActionProvider, artifactPath } from './action-provider';
import { stackInput } from './cloudformation-input';

const MODES = [
  'CREATE_UPDATE',
  'REPLACE_ON_FAILURE',
  'DELETE_ONLY',
  'CHANGE_SET_REPLACE',
  'CHANGE_SET_EXECUTE',
];
const HEALTHY = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE'];
const FAILED = [
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'DELETE_FAILED',
  'UPDATE_ROLLBACK_FAILED',
];
const NOTHING_TO_DO = /didn't contain changes|no updates are to be performed/i;

/** How often a change set that is being made is looked at, in AWS time. */
const POLL_MS = 1000;

/**
 * Creates, updates and deletes stacks from a template in an artifact.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
 */
export const cloudFormation: ActionProvider = {
  inputs: [0, 10],
  outputs: [0, 1],
  configuration: {
    ActionMode: 'required',
    StackName: 'required',
    ChangeSetName: 'optional',
    TemplatePath: 'optional',
    TemplateConfiguration: 'optional',
    ParameterOverrides: 'optional',
    RoleArn: 'optional',
    Capabilities: 'optional',
    OutputFileName: 'optional',
  },
  timeoutInMinutes: 3 * 24 * 60,

  check({ configuration = {}, outputArtifacts = [] }) {
    const { ActionMode: mode = '', TemplatePath, ChangeSetName, OutputFileName } = configuration;
    const errors: string[] = [];
    if (!MODES.includes(mode))
      errors.push(`found the ActionMode ${mode}; the region plays: ${MODES.join(', ')}`);
    if (mode.startsWith('CHANGE_SET') && !ChangeSetName) errors.push(`found no ChangeSetName for ${mode}`);
    if (!['DELETE_ONLY', 'CHANGE_SET_EXECUTE'].includes(mode) && !TemplatePath) {
      errors.push(`found no TemplatePath for ${mode}`);
    }
    if (outputArtifacts.length > 0 && !OutputFileName) {
      errors.push('found an output artifact without OutputFileName');
    }
    return errors;
  },

  async run(context) {
    const stack = new StackAction(context);
    await stack.perform(context.configuration.ActionMode);
    const outputs = await stack.outputs();
    const { OutputFileName } = context.configuration;
    const [artifact] = context.outputs;
    return {
      variables: outputs,
      outputs: artifact && {
        [artifact.name]: await zipOf({ [OutputFileName]: JSON.stringify(outputs, null, 2) }),
      },
    };
  },
};

interface Stack {
  StackId: string;
  StackStatus: string;
  StackStatusReason?: string;
  Outputs?: { OutputKey: string; OutputValue: string }[];
}

class StackAction {
  private readonly cloudformation;
  private readonly StackName: string;
  private readonly ChangeSetName: string;

  constructor(private readonly context: ActionContext) {
    this.cloudformation = context.scope.service('cloudformation');
    this.StackName = context.configuration.StackName;
    this.ChangeSetName = context.configuration.ChangeSetName;
  }

  async perform(mode: string): Promise<void> {
    if (mode === 'DELETE_ONLY') return this.delete();
    if (mode === 'CHANGE_SET_REPLACE') return this.replaceChangeSet();
    if (mode === 'CHANGE_SET_EXECUTE') return this.executeChangeSet();
    if (mode === 'REPLACE_ON_FAILURE' && FAILED.includes((await this.find())?.StackStatus ?? '')) {
      await this.delete();
    }
    return this.createOrUpdate();
  }

  async outputs(): Promise<Record<string, string>> {
    const stack = await this.find();
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
  }

  private async createOrUpdate(): Promise<void> {
    const input = { StackName: this.StackName, ...(await this.input()) };
    const { operations } = this.cloudformation;
    const exists = await this.find();
    try {
      await (exists ? operations.UpdateStack(input) : operations.CreateStack(input));
    } catch (error) {
      if (NOTHING_TO_DO.test((error as Error).message)) return;
      throw error;
    }
    await this.ended();
  }

  private async delete(): Promise<void> {
    if (!(await this.find())) return;
    const { call, configuration } = this.context;
    const input = { StackName: this.StackName, RoleARN: configuration.RoleArn };
    await this.cloudformation.operations.DeleteStack(input, call);
    const stack = (await this.cloudformation.finished(this.StackName)) as Stack;
    if (stack.StackStatus !== 'DELETE_COMPLETE') throw await this.failure(stack);
  }

  private async replaceChangeSet(): Promise<void> {
    const { call } = this.context;
    const { operations } = this.cloudformation;
    const { StackName, ChangeSetName } = this;
    const stack = await this.find();
    const isNew = !stack || stack.StackStatus === 'REVIEW_IN_PROGRESS';
    if (stack) await unlessMissing(() => operations.DeleteChangeSet({ StackName, ChangeSetName }, call));
    const input = {
      StackName,
      ChangeSetName,
      ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
      ...(await this.input()),
    };
    await operations.CreateChangeSet(input);
    const changeSet = await this.changeSet();
    this.context.report({ externalExecutionId: changeSet.ChangeSetId, summary: changeSet.StatusReason });
    if (changeSet.Status === 'FAILED' && !NOTHING_TO_DO.test(changeSet.StatusReason)) {
      throw new ActionFailure(
        'JobFailed',
        `Change set ${ChangeSetName} of ${StackName}: ${changeSet.StatusReason}`,
      );
    }
  }

  private async executeChangeSet(): Promise<void> {
    const { StackName, ChangeSetName } = this;
    const changeSet = await this.changeSet();
    if (changeSet.Status === 'FAILED' && NOTHING_TO_DO.test(changeSet.StatusReason)) {
      this.context.report({ summary: 'The stack is up to date: the change set is empty' });
      return;
    }
    await this.cloudformation.operations.ExecuteChangeSet({ StackName, ChangeSetName }, this.context.call);
    await this.ended();
  }

  /** The change set, once it has been made. */
  private async changeSet(): Promise<any> {
    const { StackName, ChangeSetName } = this;
    for (;;) {
      const changeSet: any = await this.cloudformation.operations.DescribeChangeSet({
        StackName,
        ChangeSetName,
      });
      if (!/PENDING|IN_PROGRESS/.test(changeSet.Status)) return changeSet;
      await this.context.home.clock.sleep(POLL_MS, this.context.signal);
    }
  }

  private async ended(): Promise<void> {
    const stack = (await this.cloudformation.finished(this.StackName)) as Stack;
    this.context.report({
      externalExecutionId: stack.StackId,
      summary: `Stack ${this.StackName} is in ${stack.StackStatus}`,
    });
    if (!HEALTHY.includes(stack.StackStatus)) throw await this.failure(stack);
  }

  /** Says which resource failed first, and why. */
  private async failure(stack: Stack): Promise<ActionFailure> {
    const { StackEvents = [] }: any = await this.cloudformation.operations.DescribeStackEvents({
      StackName: stack.StackId,
    });
    const first = firstFailure(StackEvents);
    const why = first
      ? `${first.LogicalResourceId} (${first.ResourceType}): ${first.ResourceStatusReason}`
      : stack.StackStatusReason;
    return new ActionFailure('JobFailed', `Stack ${this.StackName} ended in ${stack.StackStatus}. ${why}`);
  }

  private async find(): Promise<Stack | undefined> {
    const { StackName } = this;
    const found: any = await unlessMissing(() =>
      this.cloudformation.operations.DescribeStacks({ StackName }),
    );
    return found?.Stacks?.[0];
  }

  /** Without a call, which would bound the template as that of a client's request. Out of an artifact it is an object. */
  private async input() {
    const { context } = this;
    return stackInput(context.configuration, context.inputs, async (value, key) => {
      const { artifactName, file } = artifactPath(value, key);
      const found = await fileInZip(await context.read(artifactName), file);
      if (found) return found.toString();
      throw new ActionFailure(
        'ConfigurationError',
        `${key}: the artifact ${artifactName} has no file ${file}`,
      );
    });
  }
}

/** The result of a call; `undefined` when what it asks about does not exist. */
async function unlessMissing(call: () => unknown): Promise<any> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error as Error;
    if (/does not exist|ChangeSetNotFound/.test(`${name} ${message}`)) return undefined;
    throw error;
  }
}

/** The first failure of the newest operation; what was cancelled because of it says nothing. */
function firstFailure(newestFirst: any[]): any {
  const start = newestFirst.findIndex(
    (event) =>
      event.ResourceType === 'AWS::CloudFormation::Stack' &&
      /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(event.ResourceStatus),
  );
  const operation = start < 0 ? newestFirst : newestFirst.slice(0, start + 1);
  return operation.findLast(
    (event) => /_FAILED$/.test(event.ResourceStatus) && !/cancelled/i.test(event.ResourceStatusReason ?? ''),
  );
}
