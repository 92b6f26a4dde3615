import http from 'node:http';
import https from 'node:https';

/** Longest time for an answer, milliseconds. */
const TIMEOUT = 10_000;

export interface LoadOptions {
  /** Where the load balancer answers. */
  readonly url: string;
  readonly requestsPerSecond: number;
  /** Requested in turn. */
  readonly paths: readonly string[];
}

/**
 * Steady requests, each counted by how it ended: a request that is not answered, or answered by 5xx, has failed. None is
 * sent again, and each has a connection of its own, so that a connection that was idle when it was closed fails nothing.
 *
 * A load generator that opens a new connection in silence, as autocannon does when a server hangs up on a request, would
 * count nothing of what a proof looks for.
 */
export class Load {
  /** What is being done to the fleet, for the message. */
  phase = 'before';
  #sent = 0;
  #answered = 0;
  #began = 0;
  #timer?: NodeJS.Timeout;
  readonly #failures = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly options: LoadOptions) {}

  start(): void {
    this.#began = Date.now();
    this.#timer = setInterval(() => this.#send(), 1000 / this.options.requestsPerSecond);
  }

  /** Resolves when the last request has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  /** @throws Error that says how many requests failed, how and when, if any did */
  expectNoFailure(): void {
    if (this.#failures.size > 0) throw new Error(this.describe());
  }

  /** @throws Error when requests failed, or so few were sent that this says nothing */
  expectEnough(): void {
    this.expectNoFailure();
    const wanted = (this.options.requestsPerSecond * (Date.now() - this.#began)) / 1000;
    if (this.#answered < wanted / 2)
      throw new Error(`only ${this.describe()}, of about ${Math.floor(wanted)} that were to be sent`);
  }

  /** `3 of 120 requests failed: GET /quote 502 on the way back (3)` */
  describe(): string {
    const failed = [...this.#failures.values()].reduce((sum, times) => sum + times, 0);
    if (failed === 0) return `${this.#answered} requests were answered`;
    const how = [...this.#failures].map(([what, times]) => `${what} (${times})`);
    return `${failed} of ${this.#sent} requests failed: ${how.join(', ')}`;
  }

  #send(): void {
    const { url, paths } = this.options;
    const path = paths[this.#sent++ % paths.length]!;
    const { phase } = this;
    const request = get(new URL(path, url)).then((status) => {
      if (status < 500) this.#answered++;
      else this.#fail(`GET ${path} ${status} ${phase}`);
    });
    const counted = request
      .catch((error: Error) => this.#fail(`GET ${path} ${error.message} ${phase}`))
      .finally(() => this.#underWay.delete(counted));
    this.#underWay.add(counted);
  }

  #fail(what: string): void {
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + 1);
  }
}

/** Resolves with the status once the whole answer is there. */
function get(url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http;
    const request = get(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT) }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!)).on('error', reject);
    });
    request.on('error', reject);
  });
}
