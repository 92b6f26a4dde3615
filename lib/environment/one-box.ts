import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServerApplication } from 'aws-cdk-lib/aws-codedeploy';
import type { LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { OneBoxSettings } from '../config/one-box';
import type { environmentNames } from '../names';
import { ReleaseAlarms } from './alarms';
import { ComparisonAlarms } from './comparison-alarms';
import { Deployment } from './deployment';
import { NamedDeploymentConfiguration } from './deployment-configurations';
import { instanceGroup } from './instance-group';
import type { LoadBalancer } from './load-balancer';
import type { Network } from './network';

export interface OneBoxProps {
  readonly names: ReturnType<typeof environmentNames>['oneBox'];
  readonly settings: OneBoxSettings;
  readonly network: Network;
  /** The instances are made as those of the fleet. */
  readonly launchTemplate: LaunchTemplate;
  readonly load: LoadBalancer;
  readonly application: ServerApplication;
}

/**
 * A few instances that get a release before the fleet does: their own Auto Scaling group, deployment group and alarms,
 * behind a target group of their own that takes a share of the requests.
 */
export class OneBox extends Construct {
  readonly thresholdAlarms: readonly Alarm[];
  /** They compare it with the fleet. */
  readonly comparisonAlarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: OneBoxProps) {
    super(scope, id);
    const { names, settings, network, launchTemplate, load, application } = props;
    const targetGroup = load.oneBox!;
    const capacity = { min: settings.instances, max: settings.instances };
    const group = instanceGroup(this, { launchTemplate, capacity, network, targetGroup });

    const own = new ReleaseAlarms(this, 'Alarms', {
      names: names.alarms,
      thresholds: settings.alarms,
      loadBalancer: load.loadBalancer,
      targetGroup,
    });
    const compared = new ComparisonAlarms(this, 'Comparison', {
      names: names.alarms,
      settings,
      oneBox: targetGroup,
      fleet: load.targetGroup,
    });
    this.thresholdAlarms = own.alarms;
    this.comparisonAlarms = compared.alarms;

    new Deployment(this, 'Deployment', {
      application,
      deploymentGroupName: names.deploymentGroup,
      deploymentConfig: new NamedDeploymentConfiguration(this, 'Configuration', {
        name: names.deploymentConfiguration,
      }),
      group,
      targetGroup,
      alarms: this.alarms,
    });
  }

  get alarms(): readonly Alarm[] {
    return [...this.thresholdAlarms, ...this.comparisonAlarms];
  }
}
