import type { PropertyDispositions } from '../ledger/ledger';
import { physicalName } from '../physical-name';
import type { ResourceProvider } from '../service';
import type { ElasticLoadBalancing } from './elasticloadbalancing';
import type { LoadBalancer } from './load-balancer';
import type { TargetGroup } from './target-group';

/** The CloudFormation resource types of Elastic Load Balancing. */
export function resources(service: ElasticLoadBalancing): ResourceProvider[] {
  return [loadBalancer(service), targetGroup(service), listener(service), listenerRule(service)];
}

function loadBalancer(service: ElasticLoadBalancing): ResourceProvider {
  const result = (one: LoadBalancer, { SecurityGroups = [] }: any) => ({
    physicalId: one.arn,
    attributes: {
      LoadBalancerArn: one.arn,
      LoadBalancerName: one.name,
      LoadBalancerFullName: one.fullName,
      DNSName: one.dnsName,
      CanonicalHostedZoneID: one.describe().CanonicalHostedZoneId,
      SecurityGroups,
    },
  });
  return {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    disposition: 'executed',
    properties: {
      Name: 'executed',
      Type: 'executed',
      LoadBalancerAttributes: 'modelled',
      IpAddressType: 'recorded',
      Scheme: 'recorded',
      SecurityGroups: 'recorded',
      SubnetMappings: 'recorded',
      Subnets: 'recorded',
      Tags: 'recorded',
    },
    async create(properties, context) {
      const Name = properties.Name ?? physicalName(context, { maxLength: 32 });
      const one = await service.createLoadBalancer({ ...properties, Name });
      await orElse(
        () => one.setAttributes(properties.LoadBalancerAttributes ?? []),
        () => service.deleteLoadBalancer(one.arn),
      );
      return result(one, properties);
    },
    async update(physicalId, properties) {
      const one = service.loadBalancer(physicalId);
      one.setAttributes(properties.LoadBalancerAttributes ?? []);
      return result(one, properties);
    },
    async delete(physicalId) {
      await service.deleteLoadBalancer(physicalId);
    },
  };
}

/** CloudFormation learns no physical id from a failed creation, so nothing may stay behind. */
async function orElse(create: () => void, undo: () => unknown): Promise<void> {
  try {
    create();
  } catch (error) {
    await undo();
    throw error;
  }
}

const TARGET_GROUP_PROPERTIES: PropertyDispositions = {
  Name: 'executed',
  Port: 'executed',
  Protocol: 'executed',
  ProtocolVersion: 'executed',
  TargetType: 'executed',
  Targets: 'executed',
  HealthCheckEnabled: 'recorded',
  HealthCheckIntervalSeconds: 'executed',
  HealthCheckPath: 'executed',
  HealthCheckPort: 'executed',
  HealthCheckProtocol: 'executed',
  HealthCheckTimeoutSeconds: 'executed',
  HealthyThresholdCount: 'executed',
  UnhealthyThresholdCount: 'executed',
  Matcher: 'executed',
  TargetGroupAttributes: 'executed',
  IpAddressType: 'recorded',
  Tags: 'recorded',
  VpcId: 'recorded',
};

function targetGroup(service: ElasticLoadBalancing): ResourceProvider {
  const result = (group: TargetGroup) => ({
    physicalId: group.arn,
    attributes: {
      TargetGroupArn: group.arn,
      TargetGroupName: group.name,
      TargetGroupFullName: group.fullName,
      LoadBalancerArns: group.describe().LoadBalancerArns,
    },
  });
  return {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    disposition: 'executed',
    properties: TARGET_GROUP_PROPERTIES,
    async create(properties, context) {
      const Name = properties.Name ?? physicalName(context, { maxLength: 32 });
      const group = service.createTargetGroup({ ...properties, Name });
      await orElse(
        () => {
          group.setAttributes(properties.TargetGroupAttributes ?? []);
          group.register(properties.Targets ?? []);
        },
        () => service.deleteTargetGroup(group.arn),
      );
      return result(group);
    },
    async update(physicalId, properties, previous) {
      const group = service.targetGroup(physicalId);
      group.modify(properties);
      group.setAttributes(properties.TargetGroupAttributes ?? []);
      group.register(properties.Targets ?? []);
      const stays = (target: { Id: string }) =>
        (properties.Targets ?? []).some((one: { Id: string }) => one.Id === target.Id);
      group.deregister((previous.Targets ?? []).filter((target: { Id: string }) => !stays(target)));
      return result(group);
    },
    async delete(physicalId) {
      service.deleteTargetGroup(physicalId);
    },
  };
}

function listener(service: ElasticLoadBalancing): ResourceProvider {
  return {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    disposition: 'executed',
    properties: {
      LoadBalancerArn: 'executed',
      DefaultActions: 'executed',
      Port: 'recorded',
      Protocol: 'executed',
      Certificates: 'executed',
      SslPolicy: 'modelled',
      ListenerAttributes: 'recorded',
      Tags: 'recorded',
    },
    async create({ LoadBalancerArn, ...settings }) {
      const { arn } = await service.createListener(LoadBalancerArn, settings);
      return { physicalId: arn, attributes: { ListenerArn: arn } };
    },
    async update(physicalId, { LoadBalancerArn, ...settings }) {
      await service.modifyListener(physicalId, settings);
      return { physicalId, attributes: { ListenerArn: physicalId } };
    },
    async delete(physicalId) {
      await service.deleteListener(physicalId);
    },
  };
}

function listenerRule(service: ElasticLoadBalancing): ResourceProvider {
  const put = (listenerArn: string, { Priority, Conditions, Actions }: any, arn?: string) => {
    const physicalId = service.putRule(service.listener(listenerArn), {
      arn,
      priority: Priority,
      conditions: Conditions,
      actions: Actions,
    });
    return { physicalId, attributes: { RuleArn: physicalId, IsDefault: false } };
  };
  return {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    disposition: 'executed',
    properties: {
      ListenerArn: 'executed',
      Priority: 'executed',
      Conditions: 'executed',
      Actions: 'executed',
      Tags: 'recorded',
    },
    async create(properties) {
      return put(properties.ListenerArn, properties);
    },
    async update(physicalId, properties) {
      return put(properties.ListenerArn, properties, physicalId);
    },
    async delete(physicalId) {
      service.deleteRule(physicalId);
    },
  };
}
