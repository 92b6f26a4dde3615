import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { type Answer, decodeSpans, type Encoding, encode, type Span } from './otlp';

/** google.rpc.Code INVALID_ARGUMENT */
const INVALID_ARGUMENT = 3;

export interface Address {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/**
 * Takes spans by OTLP over HTTP, `POST /v1/traces`.
 *
 * @see OpenTelemetry Protocol specification: OTLP/HTTP
 */
export class OtlpReceiver {
  private readonly server: http.Server;

  /** @param take gets the spans of a request; an error that it throws refuses the request */
  constructor(take: (spans: readonly Span[]) => void) {
    this.server = http.createServer((request, response) => {
      this.answer(request, response, take).catch(() => response.destroy());
    });
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** @throws Error when the address is taken or not this host's */
  listen({ host, port }: Address): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    take: (spans: readonly Span[]) => void,
  ): Promise<void> {
    const type = request.headers['content-type']?.split(';')[0];
    const encoding: Encoding = type === 'application/json' ? type : 'application/x-protobuf';
    const send = (status: number, answer: Answer, message: object, headers = {}) =>
      response
        .writeHead(status, { 'Content-Type': encoding, ...headers })
        .end(encode(answer, message, encoding));
    const refuse = (status: number, message: string, headers = {}) =>
      send(status, 'RpcStatus', { code: INVALID_ARGUMENT, message }, headers);

    const body = await buffer(request);
    if (request.url !== '/v1/traces') return void refuse(404, `there is no ${request.url}; /v1/traces is`);
    if (request.method !== 'POST')
      return void refuse(405, `${request.method} is not allowed; POST is`, { Allow: 'POST' });
    if (type !== encoding)
      return void refuse(
        415,
        `Content-Type is ${type}; application/json and application/x-protobuf are taken`,
      );
    try {
      take(decodeSpans(inflate(body, request.headers['content-encoding']), encoding));
    } catch (error) {
      return void refuse(400, (error as Error).message);
    }
    send(200, 'ExportTraceServiceResponse', {});
  }
}

function inflate(body: Buffer, encoding = 'identity'): Buffer {
  if (encoding === 'identity') return body;
  if (encoding === 'gzip') return gunzipSync(body);
  throw new Error(`Content-Encoding is ${encoding}; gzip is taken, or none`);
}
