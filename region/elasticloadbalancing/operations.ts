import { AwsError, type Operation } from '../service';
import { describeAttributes } from './attributes';
import type { ElasticLoadBalancing } from './elasticloadbalancing';
import type { Listener } from './listener';
import type { Rule } from './rule';

/** The operations of the Elastic Load Balancing API that the region plays. */
export function operations(service: ElasticLoadBalancing): Record<string, Operation> {
  return {
    ...ofLoadBalancers(service),
    ...ofTargetGroups(service),
    ...ofListeners(service),
    ...ofRules(service),
  };
}

function ofLoadBalancers(service: ElasticLoadBalancing): Record<string, Operation> {
  return {
    CreateLoadBalancer: async (input) => ({
      LoadBalancers: [(await service.createLoadBalancer(input)).describe()],
    }),
    DeleteLoadBalancer: async ({ LoadBalancerArn }) => {
      await service.deleteLoadBalancer(LoadBalancerArn);
      return {};
    },
    DescribeLoadBalancers: ({ LoadBalancerArns, Names }) => ({
      LoadBalancers: chosen(
        [...service.loadBalancers.values()],
        LoadBalancerArns,
        Names,
        'LoadBalancerNotFound',
      ).map((one) => one.describe()),
    }),
    DescribeLoadBalancerAttributes: ({ LoadBalancerArn }) =>
      describeAttributes(service.loadBalancer(LoadBalancerArn).attributes),
    ModifyLoadBalancerAttributes: ({ LoadBalancerArn, Attributes }) => {
      const loadBalancer = service.loadBalancer(LoadBalancerArn);
      loadBalancer.setAttributes(Attributes);
      return describeAttributes(loadBalancer.attributes);
    },
  };
}

function ofTargetGroups(service: ElasticLoadBalancing): Record<string, Operation> {
  return {
    CreateTargetGroup: (input) => ({ TargetGroups: [service.createTargetGroup(input).describe()] }),
    ModifyTargetGroup: ({ TargetGroupArn, ...changes }) => {
      const group = service.targetGroup(TargetGroupArn);
      group.modify(changes);
      return { TargetGroups: [group.describe()] };
    },
    DeleteTargetGroup: ({ TargetGroupArn }) => {
      service.deleteTargetGroup(TargetGroupArn);
      return {};
    },
    DescribeTargetGroups: ({ TargetGroupArns, Names, LoadBalancerArn }) => ({
      TargetGroups: chosen([...service.targetGroups.values()], TargetGroupArns, Names, 'TargetGroupNotFound')
        .map((group) => group.describe())
        .filter((group) => !LoadBalancerArn || group.LoadBalancerArns!.includes(LoadBalancerArn)),
    }),
    DescribeTargetGroupAttributes: ({ TargetGroupArn }) =>
      describeAttributes(service.targetGroup(TargetGroupArn).attributes),
    ModifyTargetGroupAttributes: ({ TargetGroupArn, Attributes }) => {
      const group = service.targetGroup(TargetGroupArn);
      group.setAttributes(Attributes);
      return describeAttributes(group.attributes);
    },
    RegisterTargets: ({ TargetGroupArn, Targets }) => {
      service.targetGroup(TargetGroupArn).register(Targets);
      return {};
    },
    DeregisterTargets: ({ TargetGroupArn, Targets }) => {
      service.targetGroup(TargetGroupArn).deregister(Targets);
      return {};
    },
    DescribeTargetHealth: ({ TargetGroupArn, Targets }) => ({
      TargetHealthDescriptions: service
        .targetGroup(TargetGroupArn)
        .all()
        .filter(({ id }) => !Targets?.length || Targets.some((target: { Id: string }) => target.Id === id))
        .map((target) => target.describe()),
    }),
  };
}

function ofListeners(service: ElasticLoadBalancing): Record<string, Operation> {
  return {
    CreateListener: async ({ LoadBalancerArn, ...settings }) => ({
      Listeners: [describeListener(await service.createListener(LoadBalancerArn, settings))],
    }),
    ModifyListener: async ({ ListenerArn, ...changes }) => ({
      Listeners: [describeListener(await service.modifyListener(ListenerArn, changes))],
    }),
    DeleteListener: async ({ ListenerArn }) => {
      await service.deleteListener(ListenerArn);
      return {};
    },
    DescribeListeners: ({ LoadBalancerArn, ListenerArns }) => ({
      Listeners: (ListenerArns?.length
        ? ListenerArns.map((arn: string) => service.listener(arn))
        : [...service.loadBalancer(LoadBalancerArn).listeners.values()]
      ).map(describeListener),
    }),
  };
}

function ofRules(service: ElasticLoadBalancing): Record<string, Operation> {
  const listenerOfRule = (arn: string) =>
    service.listeners().find((listener) => listener.sortedRules().some((rule) => rule.arn === arn));
  return {
    CreateRule: ({ ListenerArn, Priority, Conditions, Actions }) => {
      const listener = service.listener(ListenerArn);
      const arn = service.putRule(listener, {
        priority: Priority,
        conditions: Conditions,
        actions: Actions,
      });
      return {
        Rules: listener
          .sortedRules()
          .filter((rule) => rule.arn === arn)
          .map(describeRule),
      };
    },
    DeleteRule: ({ RuleArn }) => {
      if (!listenerOfRule(RuleArn)) throw new AwsError('RuleNotFound', `there is no rule ${RuleArn}`);
      service.deleteRule(RuleArn);
      return {};
    },
    DescribeRules: ({ ListenerArn, RuleArns }) => {
      const listeners = ListenerArn ? [service.listener(ListenerArn)] : service.listeners();
      return {
        Rules: listeners
          .flatMap((listener) => [...listener.sortedRules().map(describeRule), describeDefault(listener)])
          .filter((rule) => !RuleArns?.length || RuleArns.includes(rule.RuleArn)),
      };
    },
  };
}

function describeListener({ arn, loadBalancerArn, settings }: Listener) {
  return { ...settings, ListenerArn: arn, LoadBalancerArn: loadBalancerArn };
}

function describeRule({ arn, priority, conditions, actions }: Rule) {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: conditions,
    Actions: actions,
    IsDefault: false,
  };
}

function describeDefault({ arn, settings }: Listener) {
  return {
    RuleArn: `${arn.replace(':listener/', ':listener-rule/')}/default`,
    Priority: 'default',
    Conditions: [],
    Actions: settings.DefaultActions,
    IsDefault: true,
  };
}

function chosen<T extends { arn: string; name: string }>(
  all: T[],
  arns: string[] | undefined,
  names: string[] | undefined,
  code: string,
): T[] {
  const keys = arns?.length ? arns : names;
  if (!keys?.length) return all;
  return keys.map((key) => {
    const found = all.find((one) => one.arn === key || one.name === key);
    if (!found) throw new AwsError(code, `there is no ${key}`);
    return found;
  });
}
