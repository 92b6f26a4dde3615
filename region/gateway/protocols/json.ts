import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';
import type { OperationModel, ServiceModel } from '../model';
import type { Protocol, WireError, WireRequest, WireResponse } from './protocol';

export const JSON_FAILURES: Protocol['failures'] = {
  'missing-signature': ['MissingAuthenticationTokenException', 400],
  'malformed-signature': ['IncompleteSignatureException', 400],
  'unknown-key': ['UnrecognizedClientException', 400],
  'wrong-token': ['UnrecognizedClientException', 400],
  'expired-token': ['ExpiredTokenException', 400],
  'wrong-signature': ['InvalidSignatureException', 400],
  'skewed-clock': ['InvalidSignatureException', 400],
  'unknown-operation': ['UnknownOperationException', 400],
  'malformed-body': ['SerializationException', 400],
  'missing-member': ['ValidationException', 400],
};

/**
 * AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target`, the body in JSON.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export class AwsJson implements Protocol {
  readonly failures = JSON_FAILURES;

  /** @param contentType the request's own, which the response repeats */
  constructor(private readonly contentType: string) {}

  operationName(_model: ServiceModel, request: WireRequest): string | undefined {
    return request.headers['x-amz-target']?.split('.').pop();
  }

  readInput(model: ServiceModel, operation: OperationModel, request: WireRequest): Promise<any> {
    const body = request.body.length > 0 ? request.body.toString() : '{}';
    return Promise.resolve(codec(model).createDeserializer().read(operation.input, body));
  }

  async writeOutput(model: ServiceModel, operation: OperationModel, output: any): Promise<WireResponse> {
    const serializer = codec(model).createSerializer();
    serializer.write(operation.output, output ?? {});
    return { status: 200, headers: { 'content-type': this.contentType }, body: serializer.flush() ?? '{}' };
  }

  errorStatus(): number {
    return 400;
  }

  writeError(error: WireError, _requestId: string, model?: ServiceModel): WireResponse {
    return {
      status: error.status,
      headers: { 'content-type': this.contentType, ...queryErrorHeader(error, model) },
      body: JSON.stringify({ __type: error.shape, message: error.message }),
    };
  }
}

/** Services that once spoke the query protocol tell the old code beside the shape's name. */
export function queryErrorHeader(error: WireError, model?: ServiceModel): Record<string, string> {
  if (!model?.settings.awsQueryCompatible) return {};
  return { 'x-amzn-query-error': `${error.code};${error.fault === 'client' ? 'Sender' : 'Receiver'}` };
}

function codec(model: ServiceModel) {
  return new AwsJson1_0Protocol(model.settings).getPayloadCodec();
}
