import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock';
import type { Target } from './target';

/** How a request ended that was given to a target. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly responseTime: number }
  | { readonly kind: 'connection-failed' | 'timed-out' | 'client-gone' | 'broken-off' };

/** Headers that belong to one connection and are not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'upgrade',
  'http2-settings',
]);
/** Those that the load balancer itself writes. */
const FORWARDED = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id']);
/** Methods without side effects: the only ones that may be sent again. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface ForwardOptions {
  readonly clock: Clock;
  readonly target: Target;
  /** Of the listener, for `X-Forwarded-Proto`. */
  readonly protocol: 'http' | 'https';
  /** Port of the listener, for `X-Forwarded-Port`. */
  readonly port: number;
  /** Seconds without a byte from the target. */
  readonly idleTimeout: number;
  readonly traceId: string;
}

/** Gives a request to a target and its answer to the client, and says how that ended. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  options: ForwardOptions,
): Promise<Exchange> {
  const { clock, target } = options;
  return new Promise((resolve) => {
    const { address } = target;
    const started = clock.wall();
    let ended = false;
    let touched = started;
    let answer: { status: number; responseTime: number } | undefined;
    const hasBody =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    const headers = requestHeaders(request, options);

    const end = (exchange: Exchange) => {
      ended = true;
      limit.cancel();
      released();
      response.off('close', clientGone);
      resolve(exchange);
    };
    const fail = (kind: 'connection-failed' | 'timed-out') => {
      if (ended) return;
      outgoing.destroy();
      if (answer) {
        // The head is out already, so the client can only be told by a broken connection.
        response.destroy();
        end({ kind: 'broken-off' });
      } else end({ kind });
    };
    const clientGone = () => {
      outgoing.destroy();
      end({ kind: 'client-gone' });
    };
    const idle = options.idleTimeout * 1000;
    const watch = (): { cancel(): void } =>
      clock.deadline(Math.max(1, touched + idle - clock.wall()), () => {
        if (clock.wall() - touched >= idle) fail('timed-out');
        else limit = watch();
      });
    let limit = watch();

    const send = (): http.ClientRequest => {
      const sent = http.request({
        agent: target.agent,
        host: address,
        port: target.port,
        method: request.method,
        path: request.url,
        headers: headers as any,
        setHost: false,
      });
      sent.on('response', (incoming) => {
        touched = clock.wall();
        answer = { status: incoming.statusCode!, responseTime: (touched - started) / 1000 };
        const { rawHeaders } = incoming;
        response.writeHead(answer.status, incoming.statusMessage!, endToEnd(rawHeaders) as any);
        incoming.on('data', () => {
          touched = clock.wall();
        });
        incoming.on('error', () => fail('connection-failed'));
        incoming.pipe(response);
        response.on('finish', () => end({ kind: 'answered', ...answer! }));
      });
      sent.on('error', () => {
        if (ended) return;
        // A kept connection that the target has just closed: nothing of the request was taken.
        if (sent.reusedSocket && !answer && !hasBody && SAFE.has(request.method!)) outgoing = send();
        else fail('connection-failed');
      });
      if (!hasBody) sent.end();
      return sent;
    };
    let outgoing = send();
    if (hasBody) {
      request.pipe(outgoing);
      request.on('data', () => {
        touched = clock.wall();
      });
    }
    const released = target.take(() => fail('connection-failed'));
    response.on('close', clientGone);
  });
}

function requestHeaders(request: IncomingMessage, { protocol, port, traceId }: ForwardOptions): string[] {
  const headers = endToEnd(request.rawHeaders, FORWARDED);
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '';
  headers.push('X-Forwarded-For', before ? `${before}, ${client}` : client);
  headers.push('X-Forwarded-Proto', protocol, 'X-Forwarded-Port', String(port), 'X-Amzn-Trace-Id', traceId);
  return headers;
}

/** Name and value in turn, without what concerns one connection alone. */
function endToEnd(raw: readonly string[], without?: ReadonlySet<string>): string[] {
  const headers: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (!HOP_BY_HOP.has(name) && !without?.has(name)) headers.push(raw[index]!, raw[index + 1]!);
  }
  return headers;
}
