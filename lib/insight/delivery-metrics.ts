import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { pipelineNames } from '../names';
import { EventFunction } from './event-function';
import type { WatchedDelivery } from './watched-delivery';

/** States in which an execution of the pipeline ends. */
const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED', 'SUPERSEDED', 'CANCELED'];

/** Computes the delivery metrics, by lambda/delivery-metrics. Their records stay as long as CloudWatch keeps metrics. */
export class DeliveryMetrics extends Construct {
  constructor(scope: Construct, id: string, watched: WatchedDelivery) {
    super(scope, id);
    const records = new LogGroup(this, 'Records', {
      logGroupName: pipelineNames(watched.delivery).records,
      retention: RetentionDays.EIGHTEEN_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new EventFunction(this, 'Compute', {
      description: 'Computes the delivery metrics',
      entry: 'lambda/delivery-metrics/handler.ts',
      environment: watched.variables,
      records,
      events: watched.events(ENDED, ['SUCCESS']),
      permissions: {
        'codepipeline:GetPipelineExecution': [watched.pipelineArn],
        'codepipeline:ListActionExecutions': [watched.pipelineArn],
        'codedeploy:ListDeployments': watched.deploymentGroupArns,
        'codedeploy:BatchGetDeployments': watched.deploymentGroupArns,
        'cloudwatch:DescribeAlarmHistory': watched.alarmArns,
        'sts:AssumeRole': watched.roleArns,
      },
    });
  }
}
