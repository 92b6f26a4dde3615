import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface TrafficOrder {
  /** Where to send it: the load balancer's URL. */
  readonly url: string;
  /** Requests per wall second. */
  readonly rate: number;
  /** Paths, requested one after the other and over again: their mix is the traffic's mix. */
  readonly paths: readonly string[];
}

/** What was sent and answered since the sample before. */
export interface Sample {
  /** Wall time at the sample's end, milliseconds since the epoch. */
  wall: number;
  sent: number;
  /** Answered with 5xx, or not at all. */
  failed: number;
  /** How often each failure occurred, by status and path or by error message. */
  failures: Record<string, number>;
  /** Milliseconds. */
  latencies: number[];
}

/** What a stretch of time saw. */
export interface TrafficCount {
  readonly sent: number;
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** Steady traffic to one environment, from a process of its own. */
export class Traffic {
  readonly samples: Sample[] = [];

  private constructor(
    readonly environment: string,
    readonly order: TrafficOrder,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (sample: Sample) => this.samples.push(sample));
  }

  /** Resolves when the first answers have been counted. */
  static async start(environment: string, order: TrafficOrder): Promise<Traffic> {
    const child = fork(path.join(__dirname, 'generator.ts'), {
      execArgv: ['-r', 'ts-node/register'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const traffic = new Traffic(environment, order, child);
    child.send(order);
    await once(child, 'message');
    return traffic;
  }

  /** Requests between two moments of wall time. */
  count(from: number, to = Number.POSITIVE_INFINITY): TrafficCount {
    const failures: Record<string, number> = {};
    let sent = 0;
    let failed = 0;
    for (const sample of this.samples) {
      if (sample.wall <= from || sample.wall > to) continue;
      sent += sample.sent;
      failed += sample.failed;
      for (const [what, times] of Object.entries(sample.failures))
        failures[what] = (failures[what] ?? 0) + times;
    }
    return { sent, failed, failures };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
