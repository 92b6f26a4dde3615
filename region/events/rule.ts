import type { RuleState, Tag, Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../service';
import { checkPattern, type EventPattern } from './pattern';
import { rateOf } from './schedule';
import { targetError } from './targets';

/** One rule on the default bus. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly eventPattern?: EventPattern;
  readonly scheduleExpression?: string;
  readonly roleArn?: string;
  readonly tags: readonly Tag[];
  state: RuleState;
  /** By id. */
  readonly targets: Map<string, Target>;
}

/** AWS's quota. */
const MAX_TARGETS = 5;

/** Checks a rule as PutRule does. */
export function parseRule(input: any, arn: string, targets: Map<string, Target>): Rule {
  const {
    Name: name,
    Description,
    EventPattern,
    ScheduleExpression,
    RoleArn,
    State = 'ENABLED',
    Tags = [],
  } = input;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name ?? '')) {
    throw new AwsError(
      'ValidationException',
      `Name: found "${name}"; allowed are 1 to 64 of A-Z a-z 0-9 . - _`,
    );
  }
  if ((EventPattern === undefined) === (ScheduleExpression === undefined)) {
    throw new AwsError(
      'ValidationException',
      `Rule ${name}: found both or none of EventPattern and ScheduleExpression; the region plays one of them`,
    );
  }
  if (!['ENABLED', 'DISABLED'].includes(State)) {
    throw new AwsError(
      'ValidationException',
      `Rule ${name}: found the State ${State}; the region plays ENABLED and DISABLED`,
    );
  }
  return {
    name,
    arn,
    description: Description,
    eventPattern: EventPattern === undefined ? undefined : parsePattern(EventPattern, `Rule ${name}`),
    scheduleExpression: ScheduleExpression && rateOf(ScheduleExpression, name) && ScheduleExpression,
    roleArn: RoleArn,
    tags: Tags,
    state: State,
    targets,
  };
}

export function parsePattern(text: string, where: string): EventPattern {
  try {
    const pattern = JSON.parse(text);
    checkPattern(pattern);
    return pattern;
  } catch (error) {
    throw new AwsError('InvalidEventPatternException', `${where}: ${(error as Error).message}`);
  }
}

/** Adds targets to a rule, or replaces those of the same id. */
export function putTargets(rule: Rule, targets: readonly Target[]): void {
  const errors = targets.map(targetError).filter((error) => error !== undefined);
  if (errors.length > 0) throw new AwsError('ValidationException', `Rule ${rule.name}: ${errors.join('; ')}`);
  const ids = new Set([...rule.targets.keys(), ...targets.map((target) => target.Id!)]);
  if (ids.size > MAX_TARGETS) {
    throw new AwsError(
      'LimitExceededException',
      `Rule ${rule.name}: found ${ids.size} targets; allowed are ${MAX_TARGETS}`,
    );
  }
  for (const target of targets) rule.targets.set(target.Id!, target);
}
