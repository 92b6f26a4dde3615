import { randomHex } from '../../random';
import type { ResourceProvider } from '../../service';
import { recorded } from '../recorded-resource';

/** Types that watch an account from outside what is rehearsed: nothing here calls CloudTrail or GuardDuty. */
export const AUDIT_RESOURCES: readonly ResourceProvider[] = [
  recorded('AWS::CloudTrail::Trail', {
    physicalId: ({ TrailName }, { stackName, logicalId }) =>
      TrailName ?? `${stackName}-${logicalId}-${randomHex(12)}`,
    attributes: (_properties, name, { scope }) => ({
      Arn: `arn:aws:cloudtrail:${scope.region}:${scope.accountId}:trail/${name}`,
    }),
  }),
  recorded('AWS::GuardDuty::Detector', { physicalId: () => randomHex(32) }),
];
