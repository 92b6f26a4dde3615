import type { Capability } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../service';
import type { Template } from './template';

/** @see AWS CloudFormation User Guide, "Acknowledging IAM resources in CloudFormation templates" */
const NAMED_IAM: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
};
const IAM = [
  ...Object.keys(NAMED_IAM),
  'AWS::IAM::Policy',
  'AWS::IAM::AccessKey',
  'AWS::IAM::UserToGroupAddition',
];

/** The capabilities that a template asks for. */
export function capabilitiesOf(template: Template): Capability[] {
  const iam = Object.values(template.Resources).filter(({ Type }) => IAM.includes(Type));
  const named = iam.some(
    ({ Type, Properties }) => NAMED_IAM[Type] && Properties?.[NAMED_IAM[Type]] !== undefined,
  );
  return [
    ...(named ? (['CAPABILITY_NAMED_IAM'] as const) : iam.length > 0 ? (['CAPABILITY_IAM'] as const) : []),
    ...(template.Transform ? (['CAPABILITY_AUTO_EXPAND'] as const) : []),
  ];
}

/** @throws InsufficientCapabilitiesException */
export function checkCapabilities(template: Template, given: readonly Capability[]): void {
  const sufficient = (needed: Capability) =>
    given.includes(needed) || (needed === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM'));
  const missing = capabilitiesOf(template).filter((needed) => !sufficient(needed));
  if (missing.length > 0) {
    throw new AwsError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${missing.join(', ')}]`,
    );
  }
}
