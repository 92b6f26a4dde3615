import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../region/clock/clock';
import { ScaledClock } from '../../../region/clock/clock';
import { ElasticLoadBalancing } from '../../../region/elasticloadbalancing/elasticloadbalancing';
import { Journal } from '../../../region/journal/journal';
import type { Scope } from '../../../region/service';
import { testScope } from '../../support/scope';

const base = testScope();
const ends: (() => unknown)[] = [];
afterAll(() => Promise.all(ends.map((end) => end())));

export interface Recorded {
  metricName: string;
  dimensions: Record<string, string>;
  value: number;
  unit: string;
  count: number;
}

/** An HTTP server on loopback; returns its port. */
export async function server(listener: RequestListener): Promise<number> {
  const played = http.createServer(listener);
  await new Promise<void>((resolve) => void played.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    played.closeAllConnections();
    played.close();
  });
  return (played.address() as AddressInfo).port;
}

/** A load balancer with one target group behind its listener, whose targets are servers of this process. */
export async function played({
  clock = new ScaledClock(100) as Clock,
  attributes = [] as { Key: string; Value: string }[],
  healthCheck = {} as object,
} = {}) {
  const recorded: Recorded[] = [];
  const fakes: Record<string, unknown> = {
    cloudwatch: { record: (sample: Recorded) => void recorded.push(sample) },
    ec2: { zoneOf: () => 'us-east-1a', host: () => ({ address: '127.0.0.1' }) },
  };
  const scope: Scope = { ...base, clock, journal: new Journal(clock), service: (name) => fakes[name] as any };
  const elb = new ElasticLoadBalancing(scope);
  fakes.elasticloadbalancing = elb;
  ends.push(() => elb.stop());
  const call = async (operation: string, input: object): Promise<any> => elb.operations[operation]!(input);

  const { LoadBalancers } = await call('CreateLoadBalancer', { Name: 'balancer' });
  const [{ LoadBalancerArn, DNSName }] = LoadBalancers;
  const { TargetGroups } = await call('CreateTargetGroup', {
    Name: 'targets',
    Port: 80,
    TargetType: 'ip',
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
    ...healthCheck,
  });
  const [{ TargetGroupArn }] = TargetGroups;
  await call('ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }, ...attributes],
  });
  const { Listeners } = await call('CreateListener', {
    LoadBalancerArn,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
  const target = (Port: number) => ({ TargetGroupArn, Targets: [{ Id: '127.0.0.1', Port }] });
  const state = async (port: number) =>
    (await call('DescribeTargetHealth', { TargetGroupArn })).TargetHealthDescriptions.find(
      (one: any) => one.Target.Port === port,
    )?.TargetHealth.State;
  return {
    ...{ scope, elb, call, recorded, LoadBalancerArn, TargetGroupArn, ListenerArn: Listeners[0].ListenerArn },
    url: `http://${DNSName}`,
    state,
    target,
    /** Resolves when the target has entered the state after the given position of the journal. */
    entered: (port: number, wanted: string, since = 0) =>
      scope.journal.waitFor(
        ({ type, detail }) =>
          type === 'TargetHealthChange' && detail.port === port && detail.state === wanted,
        { since },
      ),
    /** Registers a server and waits until it is healthy. */
    async register(port: number) {
      const since = scope.journal.position;
      await call('RegisterTargets', target(port));
      await scope.journal.waitFor(
        ({ type, detail }) =>
          type === 'TargetHealthChange' && detail.port === port && detail.state === 'healthy',
        { since },
      );
    },
    sum: (metricName: string, targetGroup = false) =>
      recorded
        .filter((one) => one.metricName === metricName && 'TargetGroup' in one.dimensions === targetGroup)
        .reduce((total, { value, count }) => total + value * count, 0),
  };
}
