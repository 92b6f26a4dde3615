import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions, SecureVersion } from 'node:tls';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a listener of HTTPS shows its clients. */
export interface Security {
  readonly certificate: string;
  readonly key: string;
  readonly minVersion: SecureVersion;
}

const OPTIONS = { keepAliveTimeout: 60_000, requestTimeout: 0 };
/** With this byte a client begins a TLS handshake. @see RFC 8446, section 5.1 */
const HANDSHAKE = 22;

/**
 * A listening socket on loopback: a port that is held from the start, whether or not a listener uses it already. One
 * listener of HTTP and one of HTTPS can share it, so that a load balancer has one address for both.
 */
export class ListeningSocket {
  /** What answers HTTP; without one, connections are closed, as where nothing listens. */
  handler?: Handler;
  private tls?: https.Server;
  /** Connections that are encrypted, or have not said yet whether they are. */
  private readonly held = new Set<Socket>();

  private constructor(private readonly server: http.Server) {
    server.on('request', (request, response) => {
      if (this.handler) this.handler(request, response);
      else request.socket.destroy();
    });
    const [serve] = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.tls) this.tellApart(socket, serve!);
      else serve!.call(server, socket);
    });
  }

  static async open(): Promise<ListeningSocket> {
    const server = http.createServer(OPTIONS);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ListeningSocket(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Whether there is a listener of that kind already. */
  taken(by: 'http' | 'https'): boolean {
    return (by === 'https' ? this.tls : this.handler) !== undefined;
  }

  /** Answers HTTPS too, from now on with this certificate. */
  secureBy({ certificate, key, minVersion }: Security, handler: Handler): void {
    const context: SecureContextOptions = { cert: certificate, key, minVersion };
    if (this.tls) this.tls.setSecureContext(context);
    else this.tls = https.createServer({ ...OPTIONS, ...context });
    this.tls.removeAllListeners('request');
    this.tls.on('request', handler);
  }

  /** Answers no HTTPS any more. */
  unsecure(): void {
    this.tls = undefined;
    for (const socket of this.held) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.unsecure();
    await closed;
  }

  private tellApart(socket: Socket, serve: (socket: Socket) => void): void {
    this.held.add(socket);
    socket.on('close', () => this.held.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (!first) return;
      socket.unshift(first);
      if (first[0] === HANDSHAKE) {
        this.tls?.emit('connection', socket);
        return;
      }
      this.held.delete(socket);
      serve.call(this.server, socket);
    });
  }
}
