import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Git } from './git';

export interface GitRequest {
  /** Bare repository on disk, below `root`. */
  readonly repository: string;
  readonly root: string;
  /** What follows the repository in the path: `/info/refs`, `/git-upload-pack`, `/git-receive-pack`. */
  readonly service: string;
  readonly query: string;
  /** Who was authenticated; git http-backend lets nobody else push. */
  readonly user: string;
}

/**
 * Answers one request of git's smart HTTP protocol with `git http-backend`, driven as a CGI program. Both bodies are
 * streamed.
 * @param finished awaited after git has ended, however it ended, and before the client sees the end of the answer
 * @see https://git-scm.com/docs/git-http-backend
 */
export function serveGit(
  git: Git,
  target: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
  finished: () => Promise<void>,
): void {
  const child = git.spawn(['http-backend'], cgiEnvironment(target, request));
  request.pipe(child.stdin);
  // git closes its input as soon as it refuses a push.
  child.stdin.on('error', () => {});
  response.on('close', () => child.kill());
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });

  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!head) {
      if (!response.write(chunk)) child.stdout.pause();
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const body = head.subarray(end + 4);
    writeHead(response, head.subarray(0, end).toString('latin1'));
    head = undefined;
    if (body.length > 0) response.write(body);
  });
  response.on('drain', () => child.stdout.resume());

  const fail = (message: string) => {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(message);
  };
  child.on('error', (error) => fail(`git http-backend: ${error.message}\n`));
  child.on('close', () => {
    // What git did is made known even when the client has gone.
    finished().then(
      () => (head ? fail(`git http-backend: ${stderr.trim() || 'no answer'}\n`) : response.end()),
      (error) => response.destroy(error),
    );
  });
}

function cgiEnvironment(target: GitRequest, request: IncomingMessage): Record<string, string> {
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  };
  const environment: Record<string, string> = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_METHOD: request.method ?? 'GET',
    QUERY_STRING: target.query,
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    HTTP_GIT_PROTOCOL: header('git-protocol'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: target.user,
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    GIT_PROJECT_ROOT: target.root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${target.repository}${target.service}`,
  };
  // Without a length (a chunked push) git reads to the end of its input.
  const length = header('content-length');
  if (length) environment.CONTENT_LENGTH = length;
  return environment;
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  response.writeHead(status, headers);
}
