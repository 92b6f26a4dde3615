import type {
  ConditionExecutionStatus,
  Result,
  RuleDeclaration,
  RuleExecutionDetail,
  RuleExecutionStatus,
  RuleState,
  StageConditionState,
  StageDeclaration,
} from '@aws-sdk/client-codepipeline';
import type { Progress } from '../actions/action-provider';
import { type ConditionType, conditionOf } from '../structure/condition-types';
import type { ArtifactObject, StageExecutionRecord } from './execution';

/** One run of a rule. */
export interface RuleExecutionRecord extends Progress {
  readonly ruleExecutionId: string;
  readonly executionId: string;
  readonly stageName: string;
  readonly rule: RuleDeclaration;
  readonly startTime: Date;
  readonly inputs: readonly ArtifactObject[];
  lastUpdateTime: Date;
  status: RuleExecutionStatus;
  resolvedConfiguration?: Record<string, string>;
  errorDetails?: { code: string; message: string };
}

/** One run of a condition. */
export interface ConditionRecord {
  readonly type: ConditionType;
  /** What is done when the condition does not hold. */
  readonly result?: Result;
  readonly rules: RuleExecutionRecord[];
  /** Aborted by OverrideStageCondition: its rules are given up, the stage goes on. */
  readonly overridden: AbortController;
  status: ConditionExecutionStatus;
  summary?: string;
  lastStatusChange: Date;
  updatedBy?: string;
}

/** The newest run of a condition in a stage. */
export function latestRun(
  stage: StageExecutionRecord | undefined,
  type: ConditionType,
): ConditionRecord | undefined {
  return stage?.conditions.findLast((record) => record.type === type);
}

/** A condition in the shape of `GetPipelineState`; `undefined` when the stage declares none of that type. */
export function conditionState(
  stage: StageDeclaration,
  type: ConditionType,
  record: StageExecutionRecord | undefined,
): StageConditionState | undefined {
  const declared = conditionOf(stage, type);
  if (!declared) return undefined;
  const run = latestRun(record, type);
  const ruleStates = (declared.rules ?? []).map(({ name }) => ({
    ruleName: name,
    latestExecution: ruleExecution(run?.rules.find(({ rule }) => rule.name === name)),
  }));
  if (!run) return { conditionStates: [{ ruleStates }] };
  const { status, summary, lastStatusChange } = run;
  return {
    latestExecution: { status, summary },
    conditionStates: [{ latestExecution: { status, summary, lastStatusChange }, ruleStates }],
  };
}

function ruleExecution(record: RuleExecutionRecord | undefined): RuleState['latestExecution'] {
  if (!record) return undefined;
  const { ruleExecutionId, status, summary, lastUpdateTime, errorDetails } = record;
  return {
    ruleExecutionId,
    status,
    summary,
    lastStatusChange: lastUpdateTime,
    lastUpdatedBy: record.updatedBy,
    externalExecutionId: record.externalExecutionId,
    externalExecutionUrl: record.externalExecutionUrl,
    errorDetails,
  };
}

/** A rule's run in the shape of `ListRuleExecutions`. */
export function ruleExecutionDetail(
  record: RuleExecutionRecord,
  pipelineVersion: number | undefined,
): RuleExecutionDetail {
  const { rule, executionId, startTime, lastUpdateTime, status, updatedBy } = record;
  return {
    pipelineExecutionId: executionId,
    ruleExecutionId: record.ruleExecutionId,
    pipelineVersion,
    stageName: record.stageName,
    ruleName: rule.name,
    startTime,
    lastUpdateTime,
    updatedBy,
    status,
    input: {
      ruleTypeId: rule.ruleTypeId,
      configuration: rule.configuration,
      resolvedConfiguration: record.resolvedConfiguration,
      roleArn: rule.roleArn,
      region: rule.region,
      inputArtifacts: record.inputs.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } })),
    },
    output: {
      executionResult: {
        externalExecutionId: record.externalExecutionId,
        externalExecutionSummary: record.summary,
        externalExecutionUrl: record.externalExecutionUrl,
        errorDetails: record.errorDetails,
      },
    },
  };
}
