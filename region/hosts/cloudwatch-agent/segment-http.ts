import type { AnyValue, Attributes, Span } from './otlp';

/** Names of one attribute, the stable semantic conventions' first, then those of before. */
const METHOD = ['http.request.method', 'http.method'];
const CLIENT = ['client.address', 'http.client_ip'];
const PEER = ['network.peer.address', 'net.peer.ip'];
const USER_AGENT = ['user_agent.original', 'http.user_agent'];
export const STATUS_CODE = ['http.response.status_code', 'http.status_code'];
const FULL_URL = ['url.full', 'http.url'];
const SCHEME = ['url.scheme', 'http.scheme'];
const TARGET = ['http.target'];
const PATH = ['url.path'];
const QUERY = ['url.query'];
const SERVER = ['server.address', 'http.host', 'http.server_name', 'net.host.name', 'host.name'];
const SERVER_PORT = ['server.port', 'net.host.port'];
const PEER_NAME = ['server.address', 'http.host', 'net.peer.name', 'network.peer.address', 'net.peer.ip'];
const PEER_PORT = ['server.port', 'network.peer.port', 'net.peer.port'];

const HTTP = new Set([METHOD, CLIENT, USER_AGENT, STATUS_CODE, FULL_URL, SCHEME, TARGET, PATH, QUERY].flat());
const READ = new Set([...HTTP, ...[PEER, SERVER, SERVER_PORT, PEER_NAME, PEER_PORT].flat()]);
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** The `http` block of a span's segment, and the attributes that it does not stand for. */
export function httpOf({ attributes, kind }: Span): { http?: object; rest: Attributes } {
  const rest = Object.fromEntries(Object.entries(attributes).filter(([key]) => !READ.has(key)));
  if (!Object.keys(attributes).some((key) => HTTP.has(key))) return { rest };
  const client = first(attributes, CLIENT);
  const status = first(attributes, STATUS_CODE);
  const http = {
    request: {
      method: first(attributes, METHOD),
      url: urlOf(attributes, kind === 'SERVER'),
      user_agent: first(attributes, USER_AGENT),
      client_ip: client ?? first(attributes, PEER),
      x_forwarded_for: client === undefined ? undefined : true,
    },
    response: { status: status === undefined ? undefined : Number(status) },
  };
  return { http, rest };
}

function urlOf(attributes: Attributes, ofServer: boolean): string | undefined {
  const full = first(attributes, FULL_URL);
  if (full !== undefined) return full;
  const host = first(attributes, ofServer ? SERVER : PEER_NAME);
  if (host === undefined) return undefined;
  const scheme = first(attributes, SCHEME) ?? 'http';
  const port = first(attributes, ofServer ? SERVER_PORT : PEER_PORT);
  const place = port === undefined || port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`;
  const query = first(attributes, QUERY);
  const target = first(attributes, TARGET) ?? `${first(attributes, PATH) ?? '/'}${query ? `?${query}` : ''}`;
  return `${scheme}://${place}${target}`;
}

function first(attributes: Attributes, keys: readonly string[]): string | undefined {
  const found: AnyValue | undefined = keys.map((key) => attributes[key]).find((value) => value != null);
  return found === undefined ? undefined : String(found);
}
