import { randomUUID } from 'node:crypto';
import { recorded } from '../cloudformation/recorded-resource';
import type { ResourceContext, ResourceProvider } from '../service';

const arn = ({ scope }: ResourceContext, resource: string) =>
  `arn:aws:xray:${scope.region}:${scope.accountId}:${resource}`;

/** How X-Ray is to sample, group and index: nothing of it changes which traces there are in the region. */
export const XRAY_RESOURCES: readonly ResourceProvider[] = [
  recorded('AWS::XRay::Group', {
    physicalId: ({ GroupName }, context) => arn(context, `group/${GroupName}/${randomUUID()}`),
  }),
  recorded('AWS::XRay::SamplingRule', {
    physicalId: ({ SamplingRule }, context) => arn(context, `sampling-rule/${SamplingRule?.RuleName}`),
  }),
  recorded('AWS::XRay::ResourcePolicy', { physicalId: ({ PolicyName }) => PolicyName }),
  recorded('AWS::XRay::TransactionSearchConfig', { physicalId: (_properties, { scope }) => scope.accountId }),
];
