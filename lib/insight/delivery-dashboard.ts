import { Duration, Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Project } from 'aws-cdk-lib/aws-codebuild';
import { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { pipelineNames } from '../names';

const DAY = Duration.days(1);
const WIDTH = 24;

/**
 * The delivery: how often, how fast, how well it releases, by the metrics of lambda/delivery-metrics, and its builds, by
 * CodeBuild's own.
 */
export class DeliveryDashboard extends Construct {
  constructor(scope: Construct, id: string, delivery: Delivery) {
    super(scope, id);
    const { service, environments } = delivery;
    const last = environments.at(-1)!.name;
    const metric = (environment: string, metricName: string, statistic: string) =>
      new Metric({
        namespace: 'Tidegate',
        metricName,
        dimensionsMap: { Service: service, Environment: environment },
        statistic,
        period: DAY,
        label: environment,
      });
    const failureRate = (environment: string) => {
      const id = environment.replaceAll('-', '_'); // one graph shows several environments
      return new MathExpression({
        expression: `100 * FILL(failures_${id}, 0) / changes_${id}`,
        usingMetrics: {
          [`failures_${id}`]: metric(environment, 'ChangeFailures', 'Sum'),
          [`changes_${id}`]: metric(environment, 'Changes', 'Sum'),
        },
        period: DAY,
        label: environment,
      });
    };
    const KEY_METRICS: readonly [title: string, of: (environment: string) => IMetric][] = [
      ['Deployments', (environment) => metric(environment, 'Deployments', 'Sum')],
      ['Lead time from commit, median [s]', (environment) => metric(environment, 'LeadTime', 'p50')],
      ['Change failure rate [%]', failureRate],
      ['Time to restore, mean [s]', (environment) => metric(environment, 'TimeToRestore', 'Average')],
    ];
    const width = WIDTH / KEY_METRICS.length;

    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: pipelineNames(delivery).dashboard,
      defaultInterval: Duration.days(28),
    });
    dashboard.addWidgets(
      new TextWidget({
        markdown: `# Delivery of ${service}\nTo ${last}, over the time shown:`,
        width: WIDTH,
        height: 2,
      }),
    );
    dashboard.addWidgets(
      ...KEY_METRICS.map(
        ([title, of]) =>
          new SingleValueWidget({ title, metrics: [of(last)], setPeriodToTimeRange: true, width, height: 4 }),
      ),
    );
    dashboard.addWidgets(
      ...KEY_METRICS.map(
        ([title, of]) =>
          new GraphWidget({
            title: `${title}, by day`,
            left: environments.map(({ name }) => of(name)),
            width,
          }),
      ),
    );
    dashboard.addWidgets(builds(Stack.of(this)));
  }
}

/** Counts, durations and queueing of every build project of a stack. */
function builds(stack: Stack): Row {
  const projects = stack.node.findAll().filter((construct) => construct instanceof Project);
  const of = (metricName: string, statistic: string) =>
    projects.map((project) =>
      project.metric(metricName, { statistic, period: DAY, label: project.node.path }),
    );
  const width = WIDTH / 4;
  return new Row(
    new GraphWidget({ title: 'Builds, by day', left: of('Builds', 'Sum'), stacked: true, width }),
    new GraphWidget({
      title: 'Failed builds, by day',
      left: of('FailedBuilds', 'Sum'),
      stacked: true,
      width,
    }),
    new GraphWidget({ title: 'Duration of builds, mean [s]', left: of('Duration', 'Average'), width }),
    new GraphWidget({
      title: 'Queueing of builds, longest [s]',
      left: of('QueuedDuration', 'Maximum'),
      width,
    }),
  );
}
