import { randomUUID } from 'node:crypto';
import type { ActionDeclaration, RuleDeclaration } from '@aws-sdk/client-codepipeline';
import { ruleProvider } from '../rules/rules';
import { type ConditionType, conditionOf } from '../structure/condition-types';
import { actionContext, errorDetails, inputsOf } from './action-context';
import type { ConditionRecord, RuleExecutionRecord } from './condition';
import type { StageRun } from './stage-run';
import { timeLimited } from './time-limit';

/**
 * Runs the rules of a stage's condition, all of them side by side and each to its end.
 * @returns `undefined` when the stage has no such condition, or the execution does not meet it
 */
export async function runCondition(run: StageRun, type: ConditionType): Promise<ConditionRecord | undefined> {
  const { home, execution, stage, announce } = run;
  const condition = conditionOf(stage, type);
  if (!condition) return undefined;
  if (execution.rollback && run.readings.conditionsOfRollbacks === 'passed over') {
    announce.note('ConditionPassedOver', `${stage.name}: ${type} is passed over: it is a rollback`, {
      ...about(run),
      condition: type,
    });
    return undefined;
  }
  const now = () => new Date(home.clock.now());
  const record: ConditionRecord = {
    type,
    result: condition.result ?? (type === 'onFailure' ? stage.onFailure?.result : 'FAIL'),
    rules: [],
    overridden: new AbortController(),
    status: 'InProgress',
    lastStatusChange: now(),
  };
  execution.stage(stage.name!).conditions.push(record);
  const abandoned = execution.abandoned.signal;
  await Promise.all((condition.rules ?? []).map((rule) => runRule(run, record, rule)));

  const failed = record.rules.filter((rule) => rule.status === 'Failed');
  if (record.overridden.signal.aborted) record.status = 'Overridden';
  else if (abandoned.aborted) record.status = execution.status === 'Cancelled' ? 'Cancelled' : 'Abandoned';
  else record.status = failed.length > 0 ? 'Failed' : 'Succeeded';
  record.summary = sentenceOf(failed.length > 0 ? failed : record.rules);
  record.lastStatusChange = now();
  if (!abandoned.aborted) tell(run, record);
  return record;
}

/** Whether the condition's result takes effect. */
export function takesEffect({ readings }: StageRun, { type, status }: ConditionRecord): boolean {
  return status === (onSuccessOfRules(readings, type) ? 'Succeeded' : 'Failed');
}

function onSuccessOfRules(readings: StageRun['readings'], type: ConditionType): boolean {
  return type !== 'beforeEntry' && readings.resultTakesEffect === 'when all rules succeed';
}

async function runRule(run: StageRun, condition: ConditionRecord, rule: RuleDeclaration): Promise<void> {
  const { home, execution, readings } = run;
  const provider = ruleProvider(rule);
  const stageName = run.stage.name!;
  const startTime = new Date(home.clock.now());
  const record: RuleExecutionRecord = {
    ruleExecutionId: randomUUID(),
    executionId: execution.id,
    stageName,
    rule,
    startTime,
    lastUpdateTime: startTime,
    inputs: inputsOf(execution, rule),
    status: 'InProgress',
  };
  condition.rules.push(record);
  const abandoned = AbortSignal.any([execution.abandoned.signal, condition.overridden.signal]);
  const limit = {
    clock: home.clock,
    minutes: rule.timeoutInMinutes ?? provider.timeoutInMinutes,
    inAwsTime: provider.inAwsTime,
    abandoned,
    what: `rule ${rule.name}`,
  };
  try {
    record.summary = await timeLimited(limit, async (signal) => {
      const context = await actionContext({
        home,
        execution,
        stageName,
        action: asAction(rule),
        id: record.ruleExecutionId,
        inputs: record.inputs,
        signal,
        report: (progress) => {
          const first = progress.summary && !record.summary;
          Object.assign(record, progress, { lastUpdateTime: new Date(home.clock.now()) });
          if (first) run.announce.note('RuleWaiting', `${stageName} waits: ${progress.summary}`, about(run));
        },
      });
      const seeksTrouble = onSuccessOfRules(readings, condition.type);
      return provider.run({ ...context, rule, readings, seeksTrouble });
    });
    record.status = 'Succeeded';
  } catch (error) {
    record.status = abandoned.aborted ? 'Abandoned' : 'Failed';
    if (record.status === 'Failed') {
      record.errorDetails = errorDetails(error);
      record.summary = record.errorDetails.message;
    }
  }
  record.lastUpdateTime = new Date(home.clock.now());
}

/** A rule runs with what an action is given; for a function it calls, it is an action of that name. */
function asAction({
  name,
  configuration,
  inputArtifacts,
  roleArn,
  region,
}: RuleDeclaration): ActionDeclaration {
  return {
    name,
    configuration,
    inputArtifacts,
    roleArn,
    region,
    actionTypeId: { category: 'Invoke', owner: 'AWS', provider: 'Lambda', version: '1' },
  };
}

function tell(run: StageRun, record: ConditionRecord): void {
  const { announce, stage } = run;
  const { type, status, result, rules, summary } = record;
  announce.note(`Condition${status}`, `${stage.name}${decision(run, record)}: ${summary}`, {
    ...about(run),
    condition: type,
    result,
    state: status.toUpperCase(),
    rules: rules.map((rule) => ({ name: rule.rule.name, status: rule.status, summary: rule.summary })),
  });
}

/** What every entry names: the stage, the execution, and which of AWS's texts were followed. */
function about({ stage, execution, readings }: StageRun) {
  return { stage: stage.name, 'execution-id': execution.id, followed: { ...readings } };
}

/** What comes of a condition, in a person's words. */
function decision(run: StageRun, record: ConditionRecord): string {
  const { type, result, status, updatedBy } = record;
  if (status === 'Overridden') return `: ${type} is overridden by ${updatedBy}`;
  const effective = takesEffect(run, record);
  if (type === 'beforeEntry') {
    return !effective ? ' may be entered' : result === 'SKIP' ? ' is skipped' : ' is not entered';
  }
  if (!effective) return type === 'onSuccess' ? ' may be left' : ' is not rolled back';
  return result === 'ROLLBACK' ? ' is to be rolled back' : ' has failed after its actions';
}

function sentenceOf(rules: readonly RuleExecutionRecord[]): string {
  return rules.map((rule) => rule.summary ?? `${rule.rule.name} was given up`).join('; ');
}
