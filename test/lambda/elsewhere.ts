import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsStub, mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import type { EnvironmentSettings } from '../../lambda/settings';
import { SETTINGS } from './pipeline-history';

const ROLE = 'arn:aws:iam::333333333333:role/harbor-prod-insight-us-west-2';

/** Puts prod into another account and region, for a handler that works for the delivery of {@link SETTINGS}. */
export function elsewhere() {
  const sts = mockClient(STSClient);
  beforeEach(() => {
    sts.reset();
    sts.on(AssumeRoleCommand, { RoleArn: ROLE }).resolves({
      Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration: new Date() },
    });
  });
  return {
    setElsewhere(more: Partial<EnvironmentSettings> = {}): void {
      const [beta, prod] = SETTINGS.environments;
      const environments = [beta, { ...prod, region: 'us-west-2', roleArn: ROLE, ...more }];
      process.env.DELIVERY = JSON.stringify({ ...SETTINGS, environments });
    },

    /** Every call went to the region of prod, with credentials of the role. */
    async expectElsewhere(...mocks: AwsStub<any, any, any>[]): Promise<void> {
      for (const mock of mocks) {
        expect(mock.calls().length).toBeGreaterThan(0);
        for (const { thisValue } of mock.calls()) {
          const { config } = thisValue as STSClient;
          expect(await config.region()).toBe('us-west-2');
          expect(await config.credentials()).toMatchObject({ accessKeyId: 'A', sessionToken: 'T' });
        }
      }
    },
  };
}
