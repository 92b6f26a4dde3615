import net from 'node:net';
import type { AgentConfig, AgentHost, Collector, Emit } from './collector';
import type { Span } from './otlp';
import { type Address, OtlpReceiver } from './otlp-receiver';
import { type SegmentDocument, segmentOf } from './segment';

const HTTP_ENDPOINT = '127.0.0.1:4318';
const GRPC_ENDPOINT = '127.0.0.1:4317';
/** Documents in one PutTraceSegments. */
const BATCH = 50;

interface OtlpConfig {
  readonly http_endpoint?: string;
  readonly grpc_endpoint?: string;
}

/**
 * The part `traces.traces_collected.otlp`: takes spans by OTLP over HTTP and sends them to X-Ray as segments.
 *
 * A host's clock runs at wall speed, AWS time may run faster. So the last end among the spans of a trace that come
 * together is put where it lies in AWS time, and the others lie before it by as much as was measured: durations are true.
 */
export class Traces implements Collector {
  readonly plays = ['', '[]'].flatMap((list) =>
    ['http_endpoint', 'grpc_endpoint'].map((key) => `traces.traces_collected.otlp${list}.${key}`),
  );
  private receivers: OtlpReceiver[] = [];
  private refusals: net.Server[] = [];
  private readonly sending = new Set<Promise<void>>();

  constructor(private readonly host: AgentHost) {}

  /** Ports that take spans over HTTP. */
  get ports(): number[] {
    return this.receivers.map(({ port }) => port);
  }

  async start(config: AgentConfig, emit: Emit): Promise<void> {
    const collected: OtlpConfig[] = [config.traces?.traces_collected?.otlp ?? []].flat();
    for (const { http_endpoint = HTTP_ENDPOINT, grpc_endpoint = GRPC_ENDPOINT } of collected) {
      const receiver = new OtlpReceiver((spans) => this.send(this.segments(spans), emit));
      await receiver.listen(this.address(http_endpoint));
      this.receivers.push(receiver);
      await this.refuse(this.address(grpc_endpoint));
    }
  }

  async stop(): Promise<void> {
    const [receivers, refusals] = [this.receivers, this.refusals];
    [this.receivers, this.refusals] = [[], []];
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await Promise.all(refusals.map((server) => new Promise((resolve) => server.close(resolve))));
    await Promise.all(this.sending);
  }

  private segments(spans: readonly Span[]): SegmentDocument[] {
    const ends = new Map<string, number>();
    for (const { traceId, end } of spans) ends.set(traceId, Math.max(end, ends.get(traceId) ?? 0));
    return spans.map((span) => {
      const last = ends.get(span.traceId)!;
      const moved = this.host.awsTime(last * 1000) / 1000 - last;
      return segmentOf(span, { start: span.start + moved, end: span.end + moved });
    });
  }

  private send(segments: readonly SegmentDocument[], emit: Emit): void {
    for (let from = 0; from < segments.length; from += BATCH) {
      const TraceSegmentDocuments = segments.slice(from, from + BATCH).map((one) => JSON.stringify(one));
      const sent: Promise<void> = emit('xray', 'PutTraceSegments', { TraceSegmentDocuments })
        .then(({ UnprocessedTraceSegments: [first, ...others] = [] }) => {
          if (first) this.host.failed(`X-Ray did not take ${others.length + 1} segments: ${first.Message}`);
        })
        .catch((error: Error) => this.host.failed(`X-Ray was not told of spans: ${error.message}`))
        .finally(() => this.sending.delete(sent));
      this.sending.add(sent);
    }
  }

  /** Loopback stands for the host's own address where it has no network of its own. */
  private address(endpoint: string): Address {
    const [, host, port] = /^(.*):(\d+)$/.exec(endpoint) ?? [];
    if (host === undefined) throw new Error(`traces: the endpoint is ${endpoint}; allowed is ip:port`);
    return { host: this.host.address ?? host, port: Number(port) };
  }

  /** Says that gRPC is not played to whoever tries it. */
  private refuse({ host, port }: Address): Promise<void> {
    const server = net.createServer((socket) => {
      socket.on('error', () => {}).destroy();
      this.host.note(
        'OTLP over gRPC is not played; set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf or http/json',
      );
    });
    this.refusals.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    });
  }
}
