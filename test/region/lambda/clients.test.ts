import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { ScaledClock } from '../../../region/clock/clock';
import { Region } from '../../../region/region';
import { zipOf } from '../../../region/zip/zip';
import { temporaryFolder } from '../../support/folder';

/** A handler that calls the region back with the SDK that Lambda's runtime brings, in the region's own time. */
const SOURCE = `
  const { CloudWatchClient, SetAlarmStateCommand, DescribeAlarmsCommand } = require('@aws-sdk/client-cloudwatch');
  exports.handler = async () => {
    const client = new CloudWatchClient({});
    await client.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'by hand' }));
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
    console.log('age', Date.now() - MetricAlarms[0].AlarmConfigurationUpdatedTimestamp.getTime());
    return MetricAlarms[0].StateValue;
  };`;

it('answers the SDK: an alarm notifies a topic, a function sees and changes the alarm', async () => {
  const region = await Region.start({ folder: temporaryFolder('clients'), clock: new ScaledClock(60) });
  try {
    const config = { endpoint: region.endpoint, region: 'us-east-1', credentials: region.home.credentials() };
    const [cloudwatch, logs] = [new CloudWatchClient(config), new CloudWatchLogsClient(config)];
    const [lambda, sns] = [new LambdaClient(config), new SNSClient(config)];

    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'team' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    // Nothing is measured of this metric, so that no evaluation takes back the state that is set by hand.
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...{ AlarmName: 'errors', Namespace: 'Own', MetricName: 'Faults', Statistic: 'Sum', Period: 60 },
        ...{ EvaluationPeriods: 1, Threshold: 5, ComparisonOperator: 'GreaterThanThreshold' },
        ...{ TreatMissingData: 'ignore', AlarmActions: [TopicArn!] },
      }),
    );
    const time = new Date(region.clock.now());
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'Own',
        MetricData: [{ MetricName: 'Errors', Value: 3, Timestamp: time, Unit: 'Count' }],
      }),
    );
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(+time - 60_000),
        EndTime: new Date(+time + 60_000),
        MetricDataQueries: [
          { Id: 'twice', Expression: 'm1 * 2' },
          {
            Id: 'm1',
            MetricStat: { Metric: { Namespace: 'Own', MetricName: 'Errors' }, Period: 60, Stat: 'Sum' },
          },
        ],
      }),
    );
    expect(MetricDataResults!.map(({ Values }) => Values)).toEqual([[6], [3]]);

    await lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName: 'react', Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 60 },
        Role: 'arn:aws:iam::111111111111:role/react',
        Code: { ZipFile: await zipOf({ 'index.js': SOURCE }) },
      }),
    );
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'react' }));
    expect(Configuration).toMatchObject({ State: 'Active', Timeout: 60, Runtime: 'nodejs24.x' });
    const { Payload, FunctionError, LogResult } = await lambda.send(
      new InvokeCommand({ FunctionName: 'react', Payload: '{}', LogType: 'Tail' }),
    );
    expect([Payload!.transformToString(), FunctionError]).toEqual(['"ALARM"', undefined]);
    expect(Buffer.from(LogResult!, 'base64').toString()).toContain('REPORT RequestId');

    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/lambda/react', filterPattern: 'age' }),
    );
    // Seconds of wall time at most, but of AWS time sixty times as many; never the years between two clocks.
    const age = Number(/age (-?\d+)/.exec(events![0]!.message!)![1]);
    expect(age).toBeGreaterThan(0);
    expect(age).toBeLessThan(3600_000);
    await region.journal.waitFor(
      ({ type, detail }) => type === 'DeliveryRecorded' && String(detail['subject']).startsWith('ALARM'),
    );
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'errors', StateReason: 'by hand' }]);
  } finally {
    await region.stop();
  }
});
