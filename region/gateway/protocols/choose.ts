import type { ServiceModel } from '../model';
import { AwsJson } from './json';
import type { Protocol, WireRequest } from './protocol';
import { AwsQuery, Ec2Query } from './query';
import { RestJson, RestXml } from './rest';
import { RpcV2 } from './rpc-v2';

const query = new AwsQuery();
const ec2Query = new Ec2Query();
const restJson = new RestJson();
const restXml = new RestXml();
const cbor = new RpcV2('rpc-v2-cbor');
const rpcJson = new RpcV2('rpc-v2-json');

/**
 * The protocol that a request speaks. It is told by the request, not by the service: the SDKs and the AWS CLI speak
 * different protocols to the same service.
 */
export function protocolOf(request: WireRequest, model?: ServiceModel): Protocol {
  const { headers } = request;
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return cbor;
  if (headers['smithy-protocol'] === 'rpc-v2-json') return rpcJson;
  if (headers['x-amz-target']) return new AwsJson(headers['content-type'] ?? 'application/x-amz-json-1.1');
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (isForm || request.query.some(([name]) => name === 'Action')) {
    return model?.service === 'ec2' ? ec2Query : query;
  }
  return model?.restProtocol === 'restJson1' ? restJson : restXml;
}
