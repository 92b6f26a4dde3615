import type { Target } from '@aws-sdk/client-eventbridge';
import type { Scope } from '../service';

/** Hands an event to one kind of target, through the operation that EventBridge calls on AWS. */
type Deliver = (
  scope: Scope,
  delivery: { target: Target; arn: string; input: string; ruleArn: string },
) => Promise<unknown>;

/** Delivery by the service and resource type in the target's ARN. */
const TARGETS: Readonly<Record<string, Deliver>> = {
  codepipeline: async (scope, { arn, input, ruleArn, target }) => {
    const given = transformed(target) ? JSON.parse(input) : {};
    return scope.service('codepipeline').operations.StartPipelineExecution(
      {
        name: arn.split(':')[5],
        ...(given.sourceRevisions && { sourceRevisions: given.sourceRevisions }),
        ...(given.variables && { variables: given.variables }),
      },
      { principalArn: ruleArn, requestId: ruleArn },
    );
  },
  lambda: async (scope, { arn, input }) =>
    scope
      .service('lambda')
      .operations.Invoke({ FunctionName: arn, InvocationType: 'Event', Payload: Buffer.from(input) }),
  sns: async (scope, { arn, input }) => {
    // A template that is one JSON text arrives as that text.
    const value: unknown = JSON.parse(input);
    return scope
      .service('sns')
      .operations.Publish({ TopicArn: arn, Message: typeof value === 'string' ? value : input });
  },
  codebuild: async (scope, { arn, input, ruleArn, target }) =>
    scope.service('codebuild').operations.StartBuild(
      {
        ...(transformed(target) ? JSON.parse(input) : {}),
        projectName: arn.split('project/')[1],
      },
      { principalArn: ruleArn, requestId: ruleArn },
    ),
  events: async (scope, { target, input }) => {
    const { RoleArn } = target;
    const [, , , , account, role] = RoleArn!.split(':');
    const sender = scope.at(account!, scope.region).service('iam').findRole(role!.split('/').at(-1)!);
    if (!sender) throw new Error(`the role ${RoleArn} does not exist`);
    scope.service('events').receive(JSON.parse(input));
  },
  logs: async (scope, { arn, input, ruleArn }) => {
    const logGroupName = arn.split(':')[6];
    const logStreamName = ruleArn.split('/').at(-1)!;
    const { operations } = scope.service('logs');
    try {
      await operations.CreateLogStream({ logGroupName, logStreamName });
    } catch (error) {
      if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
    }
    const timestamp = scope.clock.now();
    return operations.PutLogEvents({
      logGroupName,
      logStreamName,
      logEvents: [{ timestamp, message: input }],
    });
  },
};

/** Whether a target is the bus of an account and region. */
export function isBus({ Arn }: Target): boolean {
  return serviceOf(Arn) === 'events';
}

/** Why a target cannot be played, or is not allowed; `undefined` when it can. */
export function targetError(target: Target): string | undefined {
  const kind = serviceOf(target.Arn);
  if (isBus(target)) return busError(target);
  if (TARGETS[kind]) return undefined;
  const allowed = Object.keys(TARGETS).join(', ');
  return `target ${target.Id}: found ${target.Arn}, a target of ${kind}; the region plays targets of: ${allowed}`;
}

function busError({ Id, Arn, RoleArn, ...target }: Target): string | undefined {
  const changed = ['Input', 'InputPath', 'InputTransformer'].find((key) => key in target);
  if (!Arn!.endsWith(':event-bus/default'))
    return `target ${Id}: found ${Arn}; the region plays the default bus`;
  if (!RoleArn) return `RoleArn is required for target ${Arn}.`;
  if (changed) return `target ${Id}: found ${changed}; a bus takes the event as it is`;
  return undefined;
}

/** Delivers to the account and region of the target's ARN. */
export async function deliver(scope: Scope, target: Target, input: string, ruleArn: string): Promise<void> {
  const arn = target.Arn!;
  const [, , , region, account] = arn.split(':');
  const there = scope.at(account || scope.accountId, region || scope.region);
  await TARGETS[serviceOf(arn)](there, { target, arn, input, ruleArn });
}

function serviceOf(arn: string | undefined): string {
  return arn?.split(':')[2] ?? 'nothing';
}

/** Pipelines and builds take no event: only an input of the rule's own means something to them. */
function transformed(target: Target): boolean {
  return target.Input !== undefined || target.InputTransformer !== undefined;
}
