import http from 'node:http';
import type { Clock } from '../clock/clock';

/** How a target group checks its targets, in the API's units. */
export interface HealthCheckSettings {
  readonly protocol: 'HTTP';
  readonly path: string;
  /** `traffic-port` is the port that the target takes its requests on. */
  readonly port: string;
  /** Seconds of AWS time. */
  readonly interval: number;
  /** Seconds; of wall time, since the answer is really waited for. */
  readonly timeout: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes that count as healthy: `200`, `200,202`, `200-299`. */
  readonly matcher: string;
}

export type ProbeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly description: string };

/** One health check request. */
export function probe(
  clock: Clock,
  settings: HealthCheckSettings,
  address: string,
  port: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const end = (result: ProbeResult) => {
      limit.cancel();
      request.destroy();
      resolve(result);
    };
    const limit = clock.deadline(settings.timeout * 1000, () =>
      end({ ok: false, reason: 'Target.Timeout', description: 'Request timed out' }),
    );
    const request = http.get(
      {
        host: address,
        port: settings.port === 'traffic-port' ? port : Number(settings.port),
        path: settings.path,
        agent: false,
        headers: { 'User-Agent': 'ELB-HealthChecker/2.0', Connection: 'close' },
      },
      (response) => {
        const code = response.statusCode!;
        end(
          matches(settings.matcher, code)
            ? { ok: true }
            : {
                ok: false,
                reason: 'Target.ResponseCodeMismatch',
                description: `Health checks failed with these codes: [${code}]`,
              },
        );
      },
    );
    request.on('error', (error) =>
      end({ ok: false, reason: 'Target.FailedHealthChecks', description: error.message }),
    );
  });
}

/** @param matcher `200`, `200,202` or `200-299` */
export function matches(matcher: string, code: number): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return code >= from! && code <= to!;
  });
}
