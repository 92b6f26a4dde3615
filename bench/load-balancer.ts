import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { Region } from '../region/region';
import { pairs, type Ratio } from './ratio';

const ROOT = path.join(__dirname, '..');
const FOLDER = path.join(ROOT, '.tidegate/bench');
const SECONDS = 4;

/** Requests a second through the load balancer against the bare service. */
export async function loadBalancer(): Promise<Ratio> {
  const service = await startService();
  const region = await Region.start({ folder: path.join(FOLDER, 'region') });
  try {
    const balanced = await putBehind(region, service.port);
    const through = () => requestsPerSecond(balanced);
    const bare = () => requestsPerSecond(`http://127.0.0.1:${service.port}`);
    await through();
    await bare();
    const { value, range } = await pairs(5, through, bare);
    return {
      name: 'load balancer',
      of: 'requests a second through it / of the bare service, which has a core of its own',
      value,
      range,
    };
  } finally {
    await region.stop();
    service.child.kill();
  }
}

/** The sample service, as its build bundles it. */
async function startService(): Promise<{ child: ChildProcess; port: number }> {
  const outfile = path.join(FOLDER, 'server.js');
  await build({
    entryPoints: [path.join(ROOT, 'service/src/main.ts')],
    bundle: true,
    platform: 'node',
    outfile,
  });
  const child = spawn(process.execPath, [outfile], {
    env: { HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout!, 'data');
  return { child, port: Number(/:(\d+)\s*$/.exec(String(line))![1]) };
}

/** Makes a load balancer with that one target, by the API, and resolves when the target is healthy. */
async function putBehind(region: Region, port: number): Promise<string> {
  const api = new ElasticLoadBalancingV2({
    endpoint: region.endpoint,
    region: region.home.region,
    credentials: region.home.credentials(),
  });
  const { LoadBalancers } = await api.createLoadBalancer({
    Name: 'bench',
    Subnets: ['subnet-1', 'subnet-2'],
  });
  const { TargetGroups } = await api.createTargetGroup({
    Name: 'bench',
    TargetType: 'ip',
    Protocol: 'HTTP',
    Port: port,
    VpcId: 'vpc-1',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    HealthCheckPath: '/health',
  });
  const { TargetGroupArn } = TargetGroups![0];
  await api.createListener({
    LoadBalancerArn: LoadBalancers![0].LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
  await api.registerTargets({ TargetGroupArn, Targets: [{ Id: '127.0.0.1', Port: port }] });
  await region.home.service('elasticloadbalancing').healthy(TargetGroupArn!, '127.0.0.1');
  return `http://${LoadBalancers![0].DNSName}`;
}

async function requestsPerSecond(url: string): Promise<number> {
  const result = await autocannon({ url: `${url}/quote?nights=3`, connections: 16, duration: SECONDS });
  if (result.errors || result.non2xx) {
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} answers other than 2xx`);
  }
  return result.requests.average;
}
