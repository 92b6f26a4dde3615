import http from 'node:http';
import type { Sample, TrafficOrder } from './traffic';

/**
 * The process that sends the traffic: apart from the region, so that neither holds the other up. It takes one
 * {@link TrafficOrder}, then reports a {@link Sample} at every interval, and ends when its parent does.
 *
 * Each request is sent when its time has come, however long those before it take, and once: a load generator that sends
 * again in silence what was hung up on, as autocannon does, hides what a release has broken.
 */
const REPORT_INTERVAL = 250;

/** Longest time for an answer, milliseconds. */
const TIMEOUT = 10_000;

const agent = new http.Agent({ keepAlive: true });

function run({ url, rate, paths }: TrafficOrder): void {
  let sample = emptySample();
  let due = performance.now();
  let next = 0;

  const send = async () => {
    const path = paths[next++ % paths.length]!;
    const began = performance.now();
    const failure = await get(new URL(path, url)).then(
      (status) => (status < 500 ? undefined : `${status} ${path}`),
      (error: Error) => `${error.message} ${path}`,
    );
    sample.sent += 1;
    sample.latencies.push(performance.now() - began);
    if (!failure) return;
    sample.failed += 1;
    sample.failures[failure] = (sample.failures[failure] ?? 0) + 1;
  };

  setInterval(() => {
    for (; due <= performance.now(); due += 1000 / rate) void send();
  }, 1000 / rate);
  setInterval(() => {
    process.send?.({ ...sample, wall: Date.now() });
    sample = emptySample();
  }, REPORT_INTERVAL);
  process.on('disconnect', () => process.exit(0));
}

/** Resolves with the status once the whole answer is there. */
function get(url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, signal: AbortSignal.timeout(TIMEOUT) }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!)).on('error', reject);
    });
    request.on('error', reject);
  });
}

function emptySample(): Sample {
  return { wall: 0, sent: 0, failed: 0, failures: {}, latencies: [] };
}

process.on('SIGINT', () => {
  // Ctrl-C reaches the whole process group; the parent decides when the traffic ends.
});
process.once('message', (order: TrafficOrder) => run(order));
