import type { TargetGroup as Description } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../service';
import type { HealthCheckSettings } from './health-check';

export interface TargetGroupSettings {
  /** What the settings were made from, for later changes. */
  readonly input: Record<string, any>;
  readonly port: number;
  readonly targetType: 'instance' | 'ip';
  readonly healthCheck: HealthCheckSettings;
  describe(): Description;
}

/**
 * Settings from an API input or a template's properties, which have the same names.
 * @throws AwsError ValidationError
 */
export function targetGroupSettings(input: Record<string, any>): TargetGroupSettings {
  const targetType = oneOf(input, 'TargetType', ['instance', 'ip'], 'instance');
  oneOf(input, 'Protocol', ['HTTP'], 'HTTP');
  oneOf(input, 'ProtocolVersion', ['HTTP1'], 'HTTP1');
  const port = whole(input, 'Port', 1, 65_535);
  const healthCheck: HealthCheckSettings = {
    protocol: oneOf(input, 'HealthCheckProtocol', ['HTTP'], 'HTTP'),
    path: input.HealthCheckPath ?? '/',
    port: String(input.HealthCheckPort ?? 'traffic-port'),
    interval: whole(input, 'HealthCheckIntervalSeconds', 5, 300, 30),
    timeout: whole(input, 'HealthCheckTimeoutSeconds', 2, 120, 5),
    healthyThreshold: whole(input, 'HealthyThresholdCount', 2, 10, 5),
    unhealthyThreshold: whole(input, 'UnhealthyThresholdCount', 2, 10, 2),
    matcher: String(input.Matcher?.HttpCode ?? '200'),
  };
  if (healthCheck.timeout >= healthCheck.interval) {
    throw new AwsError(
      'ValidationError',
      `HealthCheckTimeoutSeconds ${healthCheck.timeout} must be smaller than HealthCheckIntervalSeconds ${healthCheck.interval}`,
    );
  }
  return {
    input,
    port,
    targetType,
    healthCheck,
    describe: () => ({
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      Port: port,
      VpcId: input.VpcId,
      TargetType: targetType,
      IpAddressType: 'ipv4',
      HealthCheckEnabled: true,
      HealthCheckProtocol: healthCheck.protocol,
      HealthCheckPath: healthCheck.path,
      HealthCheckPort: healthCheck.port,
      HealthCheckIntervalSeconds: healthCheck.interval,
      HealthCheckTimeoutSeconds: healthCheck.timeout,
      HealthyThresholdCount: healthCheck.healthyThreshold,
      UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
      Matcher: { HttpCode: healthCheck.matcher },
    }),
  };
}

function oneOf<T extends string>(
  input: Record<string, any>,
  key: string,
  allowed: readonly T[],
  otherwise: T,
): T {
  const value = input[key] ?? otherwise;
  if (allowed.includes(value)) return value;
  throw new AwsError(
    'ValidationError',
    `${key} is ${value}; the rehearsal region plays ${allowed.join(', ')}`,
  );
}

export function whole(
  input: Record<string, any>,
  key: string,
  from: number,
  to: number,
  otherwise?: number,
): number {
  const value = Number(input[key] ?? otherwise);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new AwsError(
    'ValidationError',
    `${key} is ${input[key]}; allowed is a whole number from ${from} to ${to}`,
  );
}
