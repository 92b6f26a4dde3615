import { type AlarmType, CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { BakeParameters } from './parameters';
import type { AlarmState } from './verdict';

const TYPES: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** States of the alarms that exist, read where they are: in another region or account if the parameters say so. */
export async function describeAlarms({ alarms, region, roleArn }: BakeParameters): Promise<AlarmState[]> {
  if (alarms.length === 0) return []; // no names would mean every alarm there is
  const credentials = roleArn ? await assume(roleArn) : undefined;
  const cloudwatch = new CloudWatchClient({ region, credentials });
  const found: AlarmState[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...alarms], AlarmTypes: TYPES, MaxRecords: 100, NextToken }),
    );
    found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

async function assume(RoleArn: string) {
  const { Credentials } = await new STSClient().send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'tidegate-bake' }),
  );
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken,
  };
}
