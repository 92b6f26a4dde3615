import autocannon from 'autocannon';
import type { Sample, TrafficOrder } from './traffic';

/**
 * The process that sends the traffic: apart from the region, so that neither holds the other up. It takes one
 * {@link TrafficOrder}, then reports a {@link Sample} at every interval, and ends when its parent does.
 */
const REPORT_INTERVAL = 250;

function run({ url, rate, paths }: TrafficOrder): void {
  let sample = emptySample();
  const count = (path: string) => (status: number) => {
    sample.sent += 1;
    if (status >= 500) fail(`${status} ${path}`);
  };
  const fail = (what: string) => {
    sample.failed += 1;
    sample.failures[what] = (sample.failures[what] ?? 0) + 1;
  };

  const options = {
    url,
    connections: Math.min(8, rate),
    overallRate: rate,
    duration: 24 * 3600,
    timeout: 10,
    requests: paths.map((path) => ({ method: 'GET' as const, path, onResponse: count(path) })),
  };
  const cannon = autocannon(options, (error) => {
    if (error) throw error;
  });
  cannon.on('response', (_client, _status, _bytes, milliseconds) => sample.latencies.push(milliseconds));
  cannon.on('reqError', (error: Error) => {
    sample.sent += 1;
    fail(error.message);
  });

  setInterval(() => {
    process.send?.({ ...sample, wall: Date.now() });
    sample = emptySample();
  }, REPORT_INTERVAL);
  process.on('disconnect', () => process.exit(0));
}

function emptySample(): Sample {
  return { wall: 0, sent: 0, failed: 0, failures: {}, latencies: [] };
}

process.on('SIGINT', () => {
  // Ctrl-C reaches the whole process group; the parent decides when the traffic ends.
});
process.once('message', (order: TrafficOrder) => run(order));
