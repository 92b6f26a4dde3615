import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel, SchemaRef, ServiceModel } from '../model';
import { type FormDialect, readForm } from './form';
import type { Protocol, WireError, WireRequest, WireResponse } from './protocol';

const STRUCT = 3;
const STRING = 0;

/** A structure described on the spot, so that the SDK's serializer writes the envelope too. */
function envelope(name: string, members: Record<string, SchemaRef>): SchemaRef {
  return [STRUCT, 'tidegate', name, 0, Object.keys(members), Object.values(members).map((ref) => [ref, 0])];
}

const RESPONSE_METADATA = envelope('ResponseMetadata', { RequestId: STRING });
const QUERY_ERROR = envelope('ErrorResponse', {
  Error: envelope('Error', { Type: STRING, Code: STRING, Message: STRING }),
  RequestId: STRING,
});
const EC2_ERROR = envelope('Response', {
  Errors: envelope('Errors', { Error: envelope('Error', { Code: STRING, Message: STRING }) }),
  RequestID: STRING,
});

export function writeXml(schema: SchemaRef, value: unknown, xmlNamespace?: string): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: xmlNamespace!,
    serviceNamespace: 'tidegate',
  });
  serializer.write(schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush()}`;
}

abstract class FormProtocol implements Protocol {
  abstract readonly failures: Protocol['failures'];
  protected abstract readonly dialect: FormDialect;
  protected abstract response(
    operation: OperationModel,
    output: any,
    requestId: string,
  ): [SchemaRef, unknown];
  abstract writeError(error: WireError, requestId: string, model?: ServiceModel): WireResponse;

  errorStatus(modelled = 400): number {
    return modelled;
  }

  operationName(_model: ServiceModel, request: WireRequest): string | undefined {
    return parameters(request).get('Action') ?? undefined;
  }

  async readInput(_model: ServiceModel, operation: OperationModel, request: WireRequest): Promise<any> {
    return readForm(operation.input, parameters(request), this.dialect) ?? {};
  }

  async writeOutput(
    model: ServiceModel,
    operation: OperationModel,
    output: any,
    requestId: string,
  ): Promise<WireResponse> {
    const [schema, value] = this.response(operation, output ?? {}, requestId);
    return xml(200, writeXml(schema, value, model.settings.xmlNamespace));
  }
}

/**
 * AWS Query: a form with an `Action`, answered in XML.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export class AwsQuery extends FormProtocol {
  readonly failures: Protocol['failures'] = {
    'missing-signature': ['MissingAuthenticationToken', 403],
    'malformed-signature': ['IncompleteSignature', 400],
    'unknown-key': ['InvalidClientTokenId', 403],
    'wrong-token': ['InvalidClientTokenId', 403],
    'expired-token': ['ExpiredToken', 403],
    'wrong-signature': ['SignatureDoesNotMatch', 403],
    'skewed-clock': ['SignatureDoesNotMatch', 403],
    'unknown-operation': ['InvalidAction', 400],
    'malformed-body': ['MalformedInput', 400],
    'missing-member': ['ValidationError', 400],
  };
  protected readonly dialect = 'awsQuery';

  protected response({ name, output }: OperationModel, value: any, requestId: string): [SchemaRef, unknown] {
    const result = NormalizedSchema.of(output).isUnitSchema() ? {} : { [`${name}Result`]: output };
    const schema = envelope(`${name}Response`, { ...result, ResponseMetadata: RESPONSE_METADATA });
    return [schema, { [`${name}Result`]: value, ResponseMetadata: { RequestId: requestId } }];
  }

  writeError(error: WireError, requestId: string, model?: ServiceModel): WireResponse {
    const Type = error.fault === 'client' ? 'Sender' : 'Receiver';
    const value = { Error: { Type, Code: error.code, Message: error.message }, RequestId: requestId };
    return xml(error.status, writeXml(QUERY_ERROR, value, model?.settings.xmlNamespace));
  }
}

/**
 * EC2's own kind of query protocol.
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export class Ec2Query extends FormProtocol {
  readonly failures: Protocol['failures'] = {
    'missing-signature': ['MissingAuthenticationToken', 403],
    'malformed-signature': ['IncompleteSignature', 400],
    'unknown-key': ['AuthFailure', 401],
    'wrong-token': ['AuthFailure', 401],
    'expired-token': ['RequestExpired', 400],
    'wrong-signature': ['SignatureDoesNotMatch', 403],
    'skewed-clock': ['RequestExpired', 400],
    'unknown-operation': ['InvalidAction', 400],
    'malformed-body': ['InvalidParameterValue', 400],
    'missing-member': ['MissingParameter', 400],
  };
  protected readonly dialect = 'ec2Query';

  protected response({ name, output }: OperationModel, value: any, requestId: string): [SchemaRef, unknown] {
    const ns = NormalizedSchema.of(output);
    const [names, refs] = ns.isUnitSchema() ? [[], []] : (ns.getSchema() as SchemaRef).slice(4, 6);
    const schema = [STRUCT, 'tidegate', `${name}Response`, 0, ['requestId', ...names], [STRING, ...refs]];
    return [schema, { requestId, ...value }];
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const value = {
      Errors: { Error: { Code: error.code, Message: error.message } },
      RequestID: requestId,
    };
    return xml(error.status, writeXml(EC2_ERROR, value));
  }
}

function xml(status: number, body: string): WireResponse {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function parameters({ method, query, body }: WireRequest): URLSearchParams {
  if (method !== 'GET') return new URLSearchParams(body.toString());
  return new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]));
}
