import { randomUUID } from 'node:crypto';
import type { Target } from '@aws-sdk/client-eventbridge';
import type { Timer } from '../clock/clock';
import { AwsError, type AwsService, type Operation, type ResourceProvider, type Scope } from '../service';
import { BusPolicy } from './bus-policy';
import { busPolicyResource } from './bus-policy-resource';
import type { AwsEvent, NewEvent } from './event';
import { targetInput } from './input';
import { matchesPattern } from './pattern';
import { parsePattern, parseRule, putTargets, type Rule } from './rule';
import { ruleResource } from './rule-resource';
import { rateOf } from './schedule';
import { deliver, isBus } from './targets';

/** Amazon EventBridge in one account and region: the default bus with its policy, its rules and their targets. */
export class Events implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[];
  readonly policy: BusPolicy;
  private readonly rules = new Map<string, Rule>();
  private readonly schedules = new Map<string, Timer>();

  constructor(readonly scope: Scope) {
    this.policy = new BusPolicy(this.busArn);
    this.operations = {
      PutEvents: ({ Entries }) => this.putEvents(Entries),
      PutRule: (input) => this.putRule(input),
      DeleteRule: ({ Name, EventBusName, Force }) => this.deleteRule(Name, EventBusName, Force),
      DescribeRule: ({ Name, EventBusName }) => describe(this.find(Name, EventBusName)),
      EnableRule: ({ Name, EventBusName }) => this.setState(Name, EventBusName, 'ENABLED'),
      DisableRule: ({ Name, EventBusName }) => this.setState(Name, EventBusName, 'DISABLED'),
      ListRules: ({ NamePrefix = '' }) => ({
        Rules: [...this.rules.values()].filter(({ name }) => name.startsWith(NamePrefix)).map(describe),
      }),
      PutTargets: ({ Rule, EventBusName, Targets }) => {
        putTargets(this.find(Rule, EventBusName), Targets);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      RemoveTargets: ({ Rule, EventBusName, Ids }) => {
        const { targets } = this.find(Rule, EventBusName);
        for (const id of Ids) targets.delete(id);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      ListTargetsByRule: ({ Rule, EventBusName }) => ({
        Targets: [...this.find(Rule, EventBusName).targets.values()],
      }),
      ListRuleNamesByTarget: ({ TargetArn }) => ({
        RuleNames: [...this.rules.values()]
          .filter(({ targets }) => [...targets.values()].some((target) => target.Arn === TargetArn))
          .map(({ name }) => name),
      }),
      ListTagsForResource: ({ ResourceARN }) => ({ Tags: this.find(ResourceARN.split('/').at(-1)).tags }),
      DescribeEventBus: ({ Name }) => {
        defaultBus(Name);
        return { Name: 'default', Arn: this.busArn, Policy: this.policy.document };
      },
      PutPermission: ({ EventBusName, Policy, ...statement }) => {
        defaultBus(EventBusName);
        if (Policy)
          for (const Statement of statementsOf(Policy))
            this.policy.put({ StatementId: Statement.Sid, Statement });
        else this.policy.put(statement);
      },
      RemovePermission: ({ EventBusName, StatementId, RemoveAllPermissions }) => {
        defaultBus(EventBusName);
        if (RemoveAllPermissions) this.policy.clear();
        else this.policy.remove(StatementId);
      },
      TestEventPattern: ({ EventPattern, Event }) => ({
        Result: matchesPattern(parsePattern(EventPattern, 'EventPattern'), JSON.parse(Event)),
      }),
    };
    this.resources = [ruleResource(this), busPolicyResource(this)];
  }

  /** An event of an AWS service on the default bus. What its targets do cannot fail the one who emits. */
  emit({ source, detailType, resources, detail }: NewEvent): AwsEvent {
    const event: AwsEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account: this.scope.accountId,
      time: new Date(this.scope.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.scope.region,
      resources,
      // As on the wire: no `undefined`, dates as text.
      detail: JSON.parse(JSON.stringify(detail)),
    };
    for (const rule of this.matching(event)) this.trigger(rule, event, [...rule.targets.values()]);
    return event;
  }

  /**
   * An event that a rule on a bus of another account or region sends here. It goes no further than to targets here.
   *
   * @throws AwsError AccessDeniedException when it comes from another account that the bus' policy does not let in
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
   */
  receive(event: AwsEvent): void {
    if (event.account !== this.scope.accountId && !this.policy.allows(event))
      throw new AwsError(
        'AccessDeniedException',
        `The policy of ${this.busArn} does not let in ${event.source} of ${event.account}`,
      );
    for (const rule of this.matching(event))
      this.trigger(
        rule,
        event,
        [...rule.targets.values()].filter((target) => !isBus(target)),
      );
  }

  get busArn(): string {
    return `arn:aws:events:${this.scope.region}:${this.scope.accountId}:event-bus/default`;
  }

  arn(ruleName: string): string {
    return `arn:aws:events:${this.scope.region}:${this.scope.accountId}:rule/${ruleName}`;
  }

  async stop(): Promise<void> {
    for (const timer of this.schedules.values()) timer.cancel();
    this.rules.clear();
  }

  private matching(event: AwsEvent): Rule[] {
    return [...this.rules.values()].filter(
      ({ eventPattern, state }) => eventPattern && state === 'ENABLED' && matchesPattern(eventPattern, event),
    );
  }

  private trigger(rule: Rule, event: AwsEvent, targets: readonly Target[]): void {
    const detail = { rule: rule.arn, event, targets: targets.map((target) => target.Arn) };
    this.scope.journal.append({
      source: 'events',
      type: 'RuleMatched',
      subject: rule.name,
      message: `rule ${rule.name} matched: ${event['detail-type']}`,
      detail,
    });
    for (const target of targets) void this.invoke(rule, target, event);
  }

  private async invoke(rule: Rule, target: Target, event: AwsEvent): Promise<void> {
    try {
      await deliver(this.scope, target, targetInput(target, event, rule.arn), rule.arn);
    } catch (error) {
      const { message } = error as Error;
      this.scope.journal.append({
        source: 'events',
        type: 'TargetFailed',
        subject: rule.name,
        message: `rule ${rule.name}: the target ${target.Arn} failed: ${message}`,
        detail: { rule: rule.arn, target: target.Arn, error: message, event },
      });
    }
  }

  private putEvents(entries: any[]) {
    return {
      FailedEntryCount: 0,
      Entries: entries.map(({ Source, DetailType, Resources = [], Detail, EventBusName }) => {
        defaultBus(EventBusName);
        if (String(Source).startsWith('aws.')) {
          return {
            ErrorCode: 'NotAuthorizedForSourceException',
            ErrorMessage: 'Not authorized for the source.',
          };
        }
        let detail: unknown;
        try {
          detail = JSON.parse(Detail);
        } catch {
          return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
        }
        const event = { source: Source, detailType: DetailType, resources: Resources, detail };
        return { EventId: this.emit(event as NewEvent).id };
      }),
    };
  }

  private putRule(input: any) {
    defaultBus(input.EventBusName);
    const arn = this.arn(input.Name);
    const rule = parseRule(input, arn, this.rules.get(input.Name)?.targets ?? new Map());
    this.rules.set(rule.name, rule);
    this.schedule(rule);
    return { RuleArn: arn };
  }

  private deleteRule(name: string, bus?: string, force = false): void {
    defaultBus(bus);
    const rule = this.rules.get(name);
    if (rule && rule.targets.size > 0 && !force) {
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    }
    this.rules.delete(name);
    this.schedules.get(name)?.cancel();
    this.schedules.delete(name);
  }

  private setState(name: string, bus: string | undefined, state: Rule['state']): void {
    this.find(name, bus).state = state;
  }

  private schedule(rule: Rule): void {
    this.schedules.get(rule.name)?.cancel();
    this.schedules.delete(rule.name);
    if (!rule.scheduleExpression) return;
    const timer = this.scope.clock.every(rateOf(rule.scheduleExpression, rule.name), () => {
      if (rule.state !== 'ENABLED') return;
      const scheduled = {
        source: 'aws.events',
        detailType: 'Scheduled Event',
        resources: [rule.arn],
        detail: {},
      };
      this.trigger(rule, this.emit(scheduled), [...rule.targets.values()]);
    });
    this.schedules.set(rule.name, timer);
  }

  private find(name: string, bus?: string): Rule {
    defaultBus(bus);
    const rule = this.rules.get(name);
    if (!rule) {
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
    }
    return rule;
  }
}

function statementsOf(policy: string): any[] {
  try {
    return [JSON.parse(policy).Statement].flat();
  } catch (error) {
    throw new AwsError('InvalidPolicyException', `Policy: ${(error as Error).message}`);
  }
}

function defaultBus(name = 'default'): void {
  // A bus may be named by its ARN.
  if (name.split('/').at(-1) !== 'default') {
    throw new AwsError(
      'ResourceNotFoundException',
      `EventBusName: found ${name}; the region plays the default bus`,
    );
  }
}

function describe({ name, arn, description, eventPattern, scheduleExpression, roleArn, state }: Rule) {
  return {
    Name: name,
    Arn: arn,
    Description: description,
    EventPattern: eventPattern && JSON.stringify(eventPattern),
    ScheduleExpression: scheduleExpression,
    RoleArn: roleArn,
    State: state,
    EventBusName: 'default',
  };
}
