import { Stack } from 'aws-cdk-lib';
import { CfnEventBusPolicy } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { DeliveryDashboard } from './delivery-dashboard';
import { DeliveryMetrics } from './delivery-metrics';
import { PipelineNotifications } from './pipeline-notifications';
import { WatchedDelivery } from './watched-delivery';

export interface InsightProps {
  readonly delivery: Delivery;
}

/** What a team sees of its delivery and is told of it. Made after the pipeline is built: the dashboard shows its builds. */
export class Insight extends Construct {
  constructor(scope: Construct, id: string, { delivery }: InsightProps) {
    super(scope, id);
    const watched = new WatchedDelivery(Stack.of(this), delivery);
    letIn(this, watched);
    new PipelineNotifications(this, 'Notifications', watched);
    new DeliveryMetrics(this, 'DeliveryMetrics', watched);
    if (delivery.dashboards) new DeliveryDashboard(this, 'Dashboard', delivery);
  }
}

/** Lets the environments of other accounts hand their deployments' events on to the default bus here, and nothing else. */
function letIn(scope: Construct, { delivery, otherAccounts }: WatchedDelivery): void {
  for (const account of otherAccounts)
    new CfnEventBusPolicy(scope, `From${account}`, {
      statementId: `${delivery.service}-deployments-${account}`,
      statement: {
        Effect: 'Allow',
        Principal: { AWS: new AccountPrincipal(account).arn },
        Action: 'events:PutEvents',
        Resource: Stack.of(scope).formatArn({
          service: 'events',
          resource: 'event-bus',
          resourceName: 'default',
        }),
        Condition: { StringEquals: { 'events:source': 'aws.codedeploy' } },
      },
    });
}
