import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomHex } from '../../random';
import type { Scope } from '../../service';

/** The gateway hands over what comes below it: `<account>/<region>/<token>`. */
export const RESPONSE_PATH = /^\/custom-resource-response\/(\d{12})\/([a-z0-9-]+)\/([0-9a-f]{32})$/;

/** The longest response that CloudFormation reads, bytes. @see CloudFormation User Guide: Custom resource response reference */
const LONGEST = 4096;

/**
 * Where the providers of custom resources send their responses. CloudFormation gives them a presigned URL of an S3
 * bucket of its own; here the URL leads to the gateway, and what signs it is a token that nobody can guess.
 */
export class CustomResourceResponses {
  private readonly waiting = new Map<string, (body: string | Error) => void>();

  constructor(private readonly scope: Scope) {}

  /**
   * Sends a request with a URL of its own and waits for what is put there.
   * @param timeout wall seconds: the provider's work is really executed
   */
  async receive(
    timeout: number,
    requestId: string,
    send: (responseUrl: string) => Promise<void>,
  ): Promise<string> {
    const { accountId, region, endpoint, clock } = this.scope;
    const token = randomHex(32);
    const answer = new Promise<string | Error>((resolve) => this.waiting.set(token, resolve));
    const timer = clock.deadline(timeout * 1000, () => this.waiting.get(token)!(noResponse(requestId)));
    try {
      await send(`${endpoint}/custom-resource-response/${accountId}/${region}/${token}`);
      const body = await answer;
      if (body instanceof Error) throw body;
      return body;
    } finally {
      timer.cancel();
    }
  }

  /** Takes a response. One that comes again, or too late, is taken and makes no difference. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = RESPONSE_PATH.exec(request.url ?? '')?.[3] ?? '';
    const settle = request.method === 'PUT' ? this.waiting.get(token) : undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    settle?.(body.length > LONGEST ? new Error('Response object is too long.') : body.toString());
    response.writeHead(settle ? 200 : 403);
    response.end();
  }

  stop(): void {
    for (const settle of this.waiting.values()) settle(new Error('The rehearsal region is stopping'));
  }
}

function noResponse(requestId: string): Error {
  return new Error(
    'CloudFormation did not receive a response from your Custom Resource. ' +
      `Please check your logs for requestId [${requestId}].`,
  );
}
