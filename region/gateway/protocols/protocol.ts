import type { OperationModel, ServiceModel } from '../model';

/** One HTTP request, its body whole and, for S3's chunked uploads, already decoded. */
export interface WireRequest {
  readonly method: string;
  /** As on the wire: percent-encoded, without the query. */
  readonly path: string;
  /** Decoded names and values, in order. */
  readonly query: ReadonlyArray<readonly [name: string, value: string]>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** An error as a client sees it. */
export interface WireError {
  /** Name of the error's shape; equal to the code where the model does not know it. */
  readonly shape: string;
  /** The code that query protocols send for it. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
}

/** What each protocol calls the failures that come before a service is reached. */
export type ProtocolFailure =
  | 'missing-signature'
  | 'malformed-signature'
  | 'unknown-key'
  | 'wrong-token'
  | 'expired-token'
  | 'wrong-signature'
  | 'skewed-clock'
  | 'unknown-operation'
  | 'malformed-body'
  | 'missing-member';

/** The server's side of one AWS protocol. */
export interface Protocol {
  /** The name of the operation that is asked for; undefined when the request names none. */
  operationName(model: ServiceModel, request: WireRequest): string | undefined;
  readInput(model: ServiceModel, operation: OperationModel, request: WireRequest): Promise<any>;
  writeOutput(
    model: ServiceModel,
    operation: OperationModel,
    output: any,
    requestId: string,
  ): Promise<WireResponse>;
  writeError(error: WireError, requestId: string, model?: ServiceModel): WireResponse;
  /** Status of a client's error, given what the model says of it. @default 400 where the protocol has but one */
  errorStatus(modelled?: number): number;
  /** Code and status of a failure that no model describes. */
  readonly failures: Readonly<Record<ProtocolFailure, readonly [code: string, status: number]>>;
}
