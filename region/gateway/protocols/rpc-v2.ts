import { AwsSmithyRpcV2CborProtocol, AwsSmithyRpcV2JsonProtocol } from '@aws-sdk/core/protocols';
import type { OperationModel, ServiceModel } from '../model';
import { JSON_FAILURES, queryErrorHeader } from './json';
import type { Protocol, WireError, WireRequest, WireResponse } from './protocol';

export type RpcV2Name = 'rpc-v2-cbor' | 'rpc-v2-json';

const PROTOCOLS = { 'rpc-v2-cbor': AwsSmithyRpcV2CborProtocol, 'rpc-v2-json': AwsSmithyRpcV2JsonProtocol };
const DOCUMENT = 15;

/**
 * Smithy RPC v2, in CBOR or JSON: the operation in the path.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export class RpcV2 implements Protocol {
  readonly failures = JSON_FAILURES;

  constructor(private readonly name: RpcV2Name) {}

  operationName(_model: ServiceModel, request: WireRequest): string | undefined {
    return /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(request.path)?.[1];
  }

  async readInput(model: ServiceModel, operation: OperationModel, request: WireRequest): Promise<any> {
    if (request.body.length === 0) return {};
    return this.codec(model).createDeserializer().read(operation.input, request.body);
  }

  async writeOutput(model: ServiceModel, operation: OperationModel, output: any): Promise<WireResponse> {
    return this.response(200, this.bytes(operation.output, output ?? {}, model));
  }

  errorStatus(): number {
    return 400;
  }

  writeError(error: WireError, _requestId: string, model?: ServiceModel): WireResponse {
    const body = this.bytes(DOCUMENT, { __type: error.shape, message: error.message }, model);
    return this.response(error.status, body, queryErrorHeader(error, model));
  }

  private bytes(schema: unknown, value: unknown, model?: ServiceModel): string | Uint8Array {
    const serializer = this.codec(model).createSerializer();
    serializer.write(schema as any, value);
    return serializer.flush() as string | Uint8Array;
  }

  private codec(model?: ServiceModel): any {
    const settings = model?.settings ?? { defaultNamespace: 'tidegate' };
    return new PROTOCOLS[this.name](settings as any).getPayloadCodec();
  }

  private response(status: number, body: string | Uint8Array, headers = {}): WireResponse {
    const contentType = this.name === 'rpc-v2-cbor' ? 'application/cbor' : 'application/json';
    return {
      status,
      headers: { 'content-type': contentType, 'smithy-protocol': this.name, ...headers },
      body,
    };
  }
}
