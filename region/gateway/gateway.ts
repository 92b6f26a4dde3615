import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock/clock';
import { RESPONSE_PATH } from '../cloudformation/custom-resources/responses';
import { AwsError, type AwsService, type Scope } from '../service';
import { verifyChecksums } from './checksums';
import type { KeyRing } from './key-ring';
import { type OperationModel, type ServiceModel, serviceModel, serviceOfSigningName } from './model';
import { protocolOf } from './protocols/choose';
import type { Protocol, WireError, WireRequest, WireResponse } from './protocols/protocol';
import { requiredMembers } from './protocols/routes';
import { readClaim, SignatureError, verify } from './signature';

export interface GatewayOptions {
  readonly keys: KeyRing;
  readonly clock: Clock;
  /** Where a request is played: by the account of its key and the region of its signature. */
  readonly scope: (accountId: string, region: string) => Scope;
  /** Where git's requests are played, which bear no signature and name no region. */
  readonly home: () => Scope;
}

const GIT_PATH = /^\/v1\/repos\//;

/**
 * The one loopback port at which all services answer. The signature says which service, account and region is meant;
 * the request's form says which protocol; AWS's own models say the shapes.
 */
export class Gateway {
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response).catch((error: Error) => this.abandon(response, error));
  });
  private port?: number;

  constructor(private readonly options: GatewayOptions) {}

  get url(): string {
    if (this.port === undefined) throw new Error('gateway: it does not listen yet');
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * @param port 0 for a free one
   * @throws Error when the port is taken, saying what to do
   */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => {
        const taken = `gateway: port ${port} of 127.0.0.1 is in use. Stop what listens there, or give another with --port (0 takes a free one).`;
        reject(error.code === 'EADDRINUSE' ? new Error(taken, { cause: error }) : error);
      };
      this.server.once('error', fail);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', fail);
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    if (!this.server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (GIT_PATH.test(request.url ?? '')) {
      await this.options.home().service('codecommit').handleGit(request, response);
      return;
    }
    const [, accountId, region] = RESPONSE_PATH.exec(request.url ?? '') ?? [];
    if (accountId && region) {
      const { responses } = this.options.scope(accountId, region).service('cloudformation');
      await responses.handle(request, response);
      return;
    }
    const requestId = randomUUID();
    const wire = await readRequest(request);
    const { status, headers, body } = await this.play(wire, requestId);
    response.writeHead(status, {
      'x-amzn-requestid': requestId,
      'x-amz-request-id': requestId,
      ...headers,
      'content-length': headers['content-length'] ?? Buffer.byteLength(body),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  /** Ends a request that cannot be answered in its protocol: its URI cannot be read, or git's server failed. */
  private abandon(response: ServerResponse, error: NodeJS.ErrnoException): void {
    const clientHasGone = error.code === 'ECONNRESET';
    if (clientHasGone) return;
    this.journalFailure(this.options.home(), 'gateway', 'request', error);
    if (!response.headersSent) response.writeHead(error instanceof URIError ? 400 : 500);
    response.end();
  }

  private async play(received: WireRequest, requestId: string): Promise<WireResponse> {
    let protocol = protocolOf(received);
    let model: ServiceModel | undefined;
    let scope: Scope | undefined;
    try {
      const claim = readClaim(received);
      const service = serviceOfSigningName(claim.service);
      if (service) {
        model = serviceModel(service);
        protocol = protocolOf(received, model);
      }
      const { key, request } = await verify(claim, received, this.options.keys, this.options.clock);
      scope = this.options.scope(key.accountId, claim.region);
      if (!service || !model) {
        throw unknown(protocol, `The rehearsal region does not play the service ${claim.service}.`);
      }
      await verifyChecksums(request);
      const name = protocol.operationName(model, request);
      const operation = name === undefined ? undefined : model.operations.get(name);
      if (!operation) {
        const asked = name ?? `${request.method} ${request.path}`;
        throw unknown(
          protocol,
          `Could not find operation ${asked} for version ${model.settings.version} of ${service}.`,
        );
      }
      const { operations }: AwsService = scope.service(service);
      const played = operations[operation.name];
      if (!played) {
        const message = `The rehearsal region does not play ${service}:${operation.name}.`;
        scope.journal.append({
          source: 'gateway',
          type: 'OperationNotPlayed',
          subject: operation.name,
          message,
        });
        throw unknown(protocol, message);
      }
      const input = await readInput(protocol, model, operation, request);
      requireMembers(protocol, model, operation, input);
      const output = await played(input, { principalArn: key.principalArn, requestId });
      return await protocol.writeOutput(model, operation, output, requestId);
    } catch (error) {
      const wireError = this.toWire(error as Error, protocol, model, scope, requestId);
      return protocol.writeError(wireError, requestId, model);
    }
  }

  private toWire(
    error: Error,
    protocol: Protocol,
    model: ServiceModel | undefined,
    scope: Scope | undefined,
    requestId: string,
  ): WireError {
    const { message } = error;
    if (error instanceof SignatureError) {
      const [code, status] = protocol.failures[error.failure];
      return { shape: code, code, message, status, fault: 'client' };
    }
    if (error instanceof AwsError) {
      const known = model?.error(error.code);
      const status = error.statusCode === 400 ? protocol.errorStatus(known?.status) : error.statusCode;
      const fault = status >= 500 ? 'server' : 'client';
      return {
        shape: known?.shape ?? error.code,
        code: known?.queryCode ?? error.code,
        message,
        status,
        fault,
      };
    }
    this.journalFailure(scope ?? this.options.home(), model?.service ?? 'gateway', requestId, error);
    return { shape: 'InternalFailure', code: 'InternalFailure', message, status: 500, fault: 'server' };
  }

  private journalFailure({ journal }: Scope, place: string, subject: string, error: Error): void {
    journal.append({
      source: 'gateway',
      type: 'InternalFailure',
      subject,
      message: `${place}: ${error.message}`,
      detail: { stack: error.stack },
    });
  }
}

/** Members that the model requires of an input, as AWS asks for them before anything else. */
function requireMembers(
  protocol: Protocol,
  model: ServiceModel,
  operation: OperationModel,
  input: any,
): void {
  const missing = requiredMembers(operation).find(({ name, token }) => input[name] === undefined && !token);
  if (!missing) return;
  const { name } = missing;
  // CodeDeploy and CodeCommit have an error for each: ApplicationNameRequiredException.
  const own = model.error(`${name[0].toUpperCase()}${name.slice(1)}RequiredException`);
  if (own) throw new AwsError(own.shape, `The ${name} is required but was not specified.`);
  const [code, status] = protocol.failures['missing-member'];
  const message = `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
  throw new AwsError(code, message, status);
}

function unknown(protocol: Protocol, message: string): AwsError {
  const [code, status] = protocol.failures['unknown-operation'];
  return new AwsError(code, message, status);
}

async function readInput(
  protocol: Protocol,
  model: ServiceModel,
  operation: OperationModel,
  request: WireRequest,
): Promise<any> {
  try {
    return await protocol.readInput(model, operation, request);
  } catch (error) {
    const [code, status] = protocol.failures['malformed-body'];
    throw new AwsError(code, `${operation.name}: ${(error as Error).message}`, status);
  }
}

async function readRequest(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path, ...search] = (request.url ?? '/').split('?');
  decodeURIComponent(path);
  const query = search
    .join('?')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, ...value] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value.join('='))] as const;
    });
  return {
    method: request.method ?? 'GET',
    path,
    query,
    headers: request.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  };
}
