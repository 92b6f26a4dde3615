import { played } from './played';

/** The resource providers by the last part of their type. */
async function provided() {
  const lb = await played();
  const context = {
    scope: lb.scope,
    stackName: 'a-stack-with-a-long-name',
    stackId: 'arn',
    logicalId: 'Thing',
    tags: {},
  };
  const provider = (name: string) =>
    lb.elb.resources.find(({ type }) => type === `AWS::ElasticLoadBalancingV2::${name}`)!;
  return { ...lb, context, provider };
}

test('a load balancer, its target group, listener and rule, as a template declares them', async () => {
  const { provider, context, call } = await provided();
  const properties = {
    Type: 'application',
    Scheme: 'internet-facing',
    Subnets: ['subnet-1'],
    LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '30' }],
  };
  const balancer = await provider('LoadBalancer').create(properties, context);
  const arn = balancer.physicalId;
  expect(arn).toMatch(/^arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer\/app\//);
  const { DNSName, LoadBalancerName, LoadBalancerFullName } = balancer.attributes as Record<string, string>;
  expect(LoadBalancerName!.length).toBeLessThanOrEqual(32);
  expect(LoadBalancerFullName).toBe(arn.split('loadbalancer/')[1]);
  expect((await call('DescribeLoadBalancerAttributes', { LoadBalancerArn: arn })).Attributes).toContainEqual({
    Key: 'idle_timeout.timeout_seconds',
    Value: '30',
  });

  const group = await provider('TargetGroup').create({ Port: 8080, Protocol: 'HTTP' }, context);
  expect(group.attributes).toMatchObject({
    TargetGroupFullName: expect.stringMatching(/^targetgroup\//),
    TargetGroupName: expect.any(String),
  });
  const listener = await provider('Listener').create(
    {
      LoadBalancerArn: arn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group.physicalId }],
    },
    context,
  );
  // The dimension of the metrics is cut out of this ARN by templates.
  expect(listener.physicalId.split('/').slice(1, 4).join('/')).toBe(LoadBalancerFullName);
  expect((await fetch(`http://${DNSName}`)).status).toBe(503);

  const rule = await provider('ListenerRule').create(
    {
      ListenerArn: listener.physicalId,
      Priority: '1',
      Conditions: [{ Field: 'path-pattern', Values: ['/off'] }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'off' } }],
    },
    context,
  );
  expect(await (await fetch(`http://${DNSName}/off`)).text()).toBe('off');

  await expect(provider('TargetGroup').delete(group.physicalId, {}, context)).rejects.toMatchObject({
    code: 'ResourceInUse',
  });
  await provider('ListenerRule').delete(rule.physicalId, {}, context);
  await provider('Listener').delete(listener.physicalId, {}, context);
  await provider('TargetGroup').delete(group.physicalId, {}, context);
  await provider('LoadBalancer').delete(arn, {}, context);
  await provider('LoadBalancer').delete(arn, {}, context);
  await expect(fetch(`http://${DNSName}`)).rejects.toThrow();
});

test('an update changes the health check and the attributes in place', async () => {
  const { provider, context, call } = await provided();
  const group = await provider('TargetGroup').create({ Port: 8080, HealthCheckPath: '/a' }, context);
  await provider('TargetGroup').update(
    group.physicalId,
    {
      Port: 8080,
      HealthCheckPath: '/b',
      TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '7' }],
    },
    { Port: 8080, HealthCheckPath: '/a' },
    context,
  );
  const TargetGroupArn = group.physicalId;
  const { TargetGroups } = await call('DescribeTargetGroups', { TargetGroupArns: [TargetGroupArn] });
  expect(TargetGroups[0].HealthCheckPath).toBe('/b');
  expect((await call('DescribeTargetGroupAttributes', { TargetGroupArn })).Attributes).toContainEqual({
    Key: 'deregistration_delay.timeout_seconds',
    Value: '7',
  });
});

test.each([
  ['stickiness.enabled', 'true', /stickiness.enabled is true; the rehearsal region plays false/],
  ['deregistration_delay.timeout_seconds', '3601', /allowed is from 0 to 3600/],
  ['load_balancing.algorithm.type', 'weighted_random', /allowed are round_robin, least_outstanding_requests/],
])('attribute %s with %s is refused', async (Key, Value, message) => {
  const { provider, context, call } = await provided();
  await expect(
    provider('TargetGroup').create({ Port: 80, TargetGroupAttributes: [{ Key, Value }] }, context),
  ).rejects.toThrow(message);
  expect((await call('DescribeTargetGroups', {})).TargetGroups).toHaveLength(1);
});
