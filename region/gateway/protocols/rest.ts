import { AwsRestJsonProtocol, AwsRestXmlProtocol } from '@aws-sdk/core/protocols';
import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel, SchemaRef, ServiceModel } from '../model';
import { JSON_FAILURES } from './json';
import type { Protocol, WireError, WireRequest, WireResponse } from './protocol';
import { writeXml } from './query';
import { matchRoute } from './routes';

const UNIT = 'unit';
const PARTIAL_CONTENT = 206;
const S3_ERROR = [3, 'tidegate', 'Error', 0, ['Code', 'Message', 'RequestId'], [0, 0, 0]];

const bindings = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: true,
});

/**
 * The HTTP-binding protocols. The SDK's codecs are used in the mirror: what a client does to write a request writes
 * the response here, with the output's shape in the input's place, and the other way round.
 */
abstract class Rest implements Protocol {
  abstract readonly failures: Protocol['failures'];
  protected abstract codec(model: ServiceModel): AwsRestJsonProtocol | AwsRestXmlProtocol;
  abstract writeError(error: WireError, requestId: string): WireResponse;

  errorStatus(modelled = 400): number {
    return modelled;
  }

  operationName(model: ServiceModel, request: WireRequest): string | undefined {
    return matchRoute(model, request)?.operation.name;
  }

  async readInput(model: ServiceModel, operation: OperationModel, request: WireRequest): Promise<any> {
    const schema = NormalizedSchema.of(operation.input);
    if (schema.isUnitSchema()) return {};
    const { $metadata: _, ...input } = (await this.codec(model).deserializeResponse(
      { name: operation.name, namespace: '', traits: 0, input: UNIT, output: headAndBody(operation) } as any,
      {} as any,
      // The SDK changes the kind of the bytes it is given, so it gets a view of them.
      { statusCode: 200, headers: { ...request.headers }, body: request.body.subarray() } as any,
    )) as Record<string, any>;
    const labels = matchRoute(model, request)?.labels ?? {};
    const query = new Map<string, string[]>();
    for (const [name, value] of request.query) query.set(name, [...(query.get(name) ?? []), value]);
    for (const [name, member] of schema.structIterator()) {
      const traits = member.getMergedTraits();
      if (isRawBody(member)) input[name] = request.body;
      if (name in labels) input[name] = bindings.read(member, labels[name]);
      const values = traits.httpQuery ? query.get(traits.httpQuery as string) : undefined;
      if (!values) continue;
      input[name] = member.isListSchema()
        ? values.map((value) => bindings.read(member.getValueSchema(), value))
        : bindings.read(member, values[0]);
    }
    return input;
  }

  async writeOutput(model: ServiceModel, operation: OperationModel, output: any = {}): Promise<WireResponse> {
    const request = await this.codec(model).serializeRequest(
      { name: operation.name, namespace: '', traits: 0, input: operation.output, output: UNIT } as any,
      output,
      { endpoint: async () => undefined } as any,
    );
    return {
      status: 'content-range' in request.headers ? PARTIAL_CONTENT : outputStatus(operation, output),
      headers: request.headers,
      body: request.body ?? '',
    };
  }
}

/** @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export class RestJson extends Rest {
  readonly failures: Protocol['failures'] = {
    ...JSON_FAILURES,
    'missing-signature': ['MissingAuthenticationTokenException', 403],
    'unknown-key': ['UnrecognizedClientException', 403],
    'wrong-token': ['UnrecognizedClientException', 403],
    'expired-token': ['ExpiredTokenException', 403],
    'wrong-signature': ['InvalidSignatureException', 403],
    'skewed-clock': ['InvalidSignatureException', 403],
    'unknown-operation': ['UnknownOperationException', 404],
  };

  protected codec(model: ServiceModel) {
    return new AwsRestJsonProtocol(model.settings);
  }

  writeError(error: WireError): WireResponse {
    return {
      status: error.status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.shape },
      body: JSON.stringify({
        Type: error.fault === 'client' ? 'User' : 'Service',
        message: error.message,
      }),
    };
  }
}

/** S3's protocol. @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export class RestXml extends Rest {
  readonly failures: Protocol['failures'] = {
    'missing-signature': ['AccessDenied', 403],
    'malformed-signature': ['AuthorizationHeaderMalformed', 400],
    'unknown-key': ['InvalidAccessKeyId', 403],
    'wrong-token': ['InvalidToken', 400],
    'expired-token': ['ExpiredToken', 400],
    'wrong-signature': ['SignatureDoesNotMatch', 403],
    'skewed-clock': ['RequestTimeTooSkewed', 403],
    'unknown-operation': ['MethodNotAllowed', 405],
    'malformed-body': ['MalformedXML', 400],
    'missing-member': ['MalformedXML', 400],
  };

  protected codec(model: ServiceModel) {
    return new AwsRestXmlProtocol(model.settings);
  }

  override async writeOutput(model: ServiceModel, operation: OperationModel, output: any = {}) {
    const response = await super.writeOutput(model, operation, output);
    const root = rootElement(operation);
    if (!root || (response.body !== '' && !root.unwraps)) return response;
    const { xmlNamespace } = model.settings;
    const text = root.unwraps ? (output[root.name] ?? '') : '';
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root.name} xmlns="${xmlNamespace}">${text}</${root.name}>`;
    return { ...response, headers: { ...response.headers, 'content-type': 'application/xml' }, body };
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const value = { Code: error.code, Message: error.message, RequestId: requestId };
    return {
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      body: writeXml(S3_ERROR, value),
    };
  }
}

const headAndBodyOf = new WeakMap<OperationModel, SchemaRef>();

/** The input without the members that responses do not have: labels, the query, and the raw body. */
function headAndBody(operation: OperationModel): SchemaRef {
  let schema = headAndBodyOf.get(operation);
  if (!schema) {
    const input = NormalizedSchema.of(operation.input);
    const [id, namespace, name, traits] = input.getSchema() as SchemaRef;
    const members = [...input.structIterator()].filter(([, member]) => {
      const { httpLabel, httpQuery } = member.getMergedTraits();
      return !httpLabel && !httpQuery && !isRawBody(member);
    });
    schema = [id, namespace, name, traits, members.map(([member]) => member), members.map(([, ref]) => ref)];
    headAndBodyOf.set(operation, schema);
  }
  return schema;
}

/** Operations get a streamed body as its bytes. */
function isRawBody(member: NormalizedSchema): boolean {
  return Boolean(member.getMergedTraits().httpPayload) && member.isStreaming();
}

/**
 * The element that a response has even when nothing is in it; none where the body is no structure. GetBucketLocation's
 * holds its one member's text directly, which the SDK's schema tells by giving both one name.
 */
function rootElement({ output }: OperationModel): { name: string; unwraps: boolean } | undefined {
  const schema = NormalizedSchema.of(output);
  if (schema.isUnitSchema()) return undefined;
  const members = [...schema.structIterator()];
  if (members.some(([, member]) => member.getMergedTraits().httpPayload)) return undefined;
  const inBody = members.filter(([, member]) => {
    const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
    return !httpHeader && httpPrefixHeaders === undefined;
  });
  if (inBody.length === 0) return undefined;
  const name = (schema.getMergedTraits().xmlName as string | undefined) ?? schema.getName()!;
  return { name, unwraps: inBody.length === 1 && inBody[0][0] === name };
}

function outputStatus(operation: OperationModel, output: any): number {
  const schema = NormalizedSchema.of(operation.output);
  if (!schema.isUnitSchema()) {
    for (const [name, member] of schema.structIterator()) {
      if (member.getMergedTraits().httpResponseCode && output[name]) return output[name];
    }
  }
  return operation.http?.[2] ?? 200;
}
