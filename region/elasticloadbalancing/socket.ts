import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening socket on loopback: a port that is held from the start, whether or not a listener uses it already. */
export class ListeningSocket {
  /** What answers; without one, connections are closed, as where nothing listens. */
  handler?: (request: IncomingMessage, response: ServerResponse) => void;

  private constructor(private readonly server: http.Server) {
    server.on('request', (request, response) => {
      if (this.handler) this.handler(request, response);
      else request.socket.destroy();
    });
  }

  static async open(): Promise<ListeningSocket> {
    const server = http.createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ListeningSocket(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
