import { Stack } from 'aws-cdk-lib';
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
    new PipelineNotifications(this, 'Notifications', watched);
    new DeliveryMetrics(this, 'DeliveryMetrics', watched);
    if (delivery.dashboards) new DeliveryDashboard(this, 'Dashboard', delivery);
  }
}
