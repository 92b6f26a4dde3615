import http from 'node:http';
import { json } from 'node:stream/consumers';
import { page } from './page';
import { quote } from './quote';

export interface Service {
  listen(port: number, host: string, ready: () => void): void;
  /** The port that it listens on. */
  port(): number;
  /** Accepts nothing new, and resolves when the requests under way are answered. */
  stop(): Promise<void>;
}

/** Traces what answers a request. */
export type Traced = <Answered extends { readonly status: number }>(
  request: http.IncomingMessage,
  answer: () => Promise<Answered>,
) => Promise<Answered>;

interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/html; charset=utf-8';
  readonly body: string;
}

/** @param traced leaves no trace when left out */
export function createService(revision: string, traced: Traced = (_request, answer) => answer()): Service {
  let stopping = false;
  const server = http.createServer(async (request, response) => {
    const answer = await traced(request, () => route(request, revision)).catch((error) => {
      console.error(`${request.method} ${request.url}:`, error);
      return toJson(500, { error: 'internal error' });
    });
    // A client's kept connection would otherwise hold up the stop.
    if (stopping) response.setHeader('Connection', 'close');
    response.writeHead(answer.status, { 'Content-Type': answer.type }).end(answer.body);
  });
  return {
    listen: (port, host, ready) => void server.listen(port, host, ready),
    port: () => (server.address() as { port: number }).port,
    stop() {
      stopping = true;
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function route(request: http.IncomingMessage, revision: string): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url!, 'http://harbor');
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return { status: 200, type: 'text/html; charset=utf-8', body: page(revision) };
    case 'GET /health':
      return toJson(200, { status: 'ok', revision });
    case 'GET /quote':
      return quoted(200, searchParams.get('nights'), searchParams.get('pass'));
    case 'POST /bookings': {
      const { nights, pass } = (await json(request)) as Record<string, unknown>;
      return quoted(201, nights, pass);
    }
    default:
      return toJson(404, { error: `there is no ${request.method} ${pathname}` });
  }
}

function quoted(status: number, nights: unknown, pass: unknown): Answer {
  const count = Number(nights);
  if (!Number.isInteger(count) || count < 1 || count > 365) {
    return toJson(400, { error: `nights is ${nights}; allowed is a whole number from 1 to 365` });
  }
  return toJson(status, quote(count, typeof pass === 'string' ? pass : undefined));
}

function toJson(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}
