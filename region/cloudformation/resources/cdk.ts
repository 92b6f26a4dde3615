import { randomUUID } from 'node:crypto';
import type { ResourceProvider } from '../../service';
import { recorded } from '../recorded-resource';

/** Types that no played service stands behind: of CloudFormation's own, of the CDK's, and chat. */
export const CLOUDFORMATION_RESOURCES: readonly ResourceProvider[] = [
  recorded('AWS::CDK::Metadata', { physicalId: () => randomUUID() }),
  recorded('AWS::Chatbot::SlackChannelConfiguration', {
    physicalId: ({ ConfigurationName }, { scope }) =>
      `arn:aws:chatbot::${scope.accountId}:chat-configuration/slack-channel/${ConfigurationName}`,
  }),
  recorded('AWS::CloudFormation::WaitConditionHandle', {
    physicalId: (_properties, { scope, stackName, logicalId }) =>
      `https://cloudformation-waitcondition-${scope.region}.s3.amazonaws.com/${stackName}/${logicalId}`,
  }),
];
