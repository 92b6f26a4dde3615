import { randomUUID } from 'node:crypto';
import type { ResourceProvider } from '../../service';
import { recorded } from '../recorded-resource';

/** Types of CloudFormation's own and of the CDK's, which no service stands behind. */
export const CLOUDFORMATION_RESOURCES: readonly ResourceProvider[] = [
  recorded('AWS::CDK::Metadata', { physicalId: () => randomUUID() }),
  recorded('AWS::CloudFormation::WaitConditionHandle', {
    physicalId: (_properties, { scope, stackName, logicalId }) =>
      `https://cloudformation-waitcondition-${scope.region}.s3.amazonaws.com/${stackName}/${logicalId}`,
  }),
];
