import { SteppedClock } from '../../../region/clock/clock';
import { Gateway } from '../../../region/gateway/gateway';
import { KeyRing } from '../../../region/gateway/key-ring';
import { Journal } from '../../../region/journal/journal';
import type { Call, Operation } from '../../../region/service';

/** A gateway before operations of a test's own, with what clients of it need. */
export class Played {
  readonly clock = new SteppedClock(Date.now());
  readonly keys = new KeyRing(this.clock);
  readonly journal = new Journal(this.clock);
  /** What operations were called with, in order. */
  readonly calls: { service: string; scope: string; operation: string; input: any; call?: Call }[] = [];
  readonly gateway: Gateway;

  constructor(operations: Record<string, Operation> = {}) {
    const scope = (accountId: string, region: string): any => ({
      accountId,
      region,
      journal: this.journal,
      service: (service: string) => ({
        operations: Object.fromEntries(
          Object.entries(operations).map(([operation, play]) => [
            operation,
            (input: any, call?: Call) => {
              this.calls.push({ service, scope: `${accountId}/${region}`, operation, input, call });
              return play(input, call);
            },
          ]),
        ),
      }),
    });
    this.gateway = new Gateway({
      keys: this.keys,
      clock: this.clock,
      scope,
      home: () => scope('111111111111', 'us-east-1'),
    });
  }

  async start(): Promise<this> {
    await this.gateway.listen(0);
    return this;
  }

  /** Configuration for any SDK client. */
  client(credentials: object = this.keys.issue('111111111111'), region = 'us-east-1'): any {
    return { endpoint: this.gateway.url, region, credentials, maxAttempts: 1 };
  }

  get last() {
    return this.calls.at(-1)!;
  }
}
