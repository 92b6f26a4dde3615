import { Validations } from 'aws-cdk-lib';
import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type CfnDeploymentGroup,
  type IServerDeploymentConfig,
  LoadBalancer,
  type ServerApplication,
  ServerDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

export interface DeploymentProps {
  readonly application: ServerApplication;
  readonly deploymentGroupName: string;
  readonly deploymentConfig: IServerDeploymentConfig;
  readonly group: AutoScalingGroup;
  readonly targetGroup: ApplicationTargetGroup;
  readonly alarms: readonly Alarm[];
}

/**
 * A deployment group of CodeDeploy: in place, behind the load balancer, rolled back when a
 * deployment fails, is stopped or sets off an alarm.
 */
export class Deployment extends Construct {
  constructor(scope: Construct, id: string, props: DeploymentProps) {
    super(scope, id);
    const { application, deploymentGroupName, group, targetGroup, alarms, deploymentConfig } = props;

    const deploymentGroup = new ServerDeploymentGroup(this, 'DeploymentGroup', {
      application,
      deploymentGroupName,
      deploymentConfig,
      autoScalingGroups: [group],
      installAgent: false, // the launch template does, at a pinned release
      loadBalancers: [LoadBalancer.application(targetGroup)],
      alarms: [...alarms],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    Validations.of(deploymentGroup).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRole]',
      reason: 'The policy AWS keeps for CodeDeploy itself; it follows the service.',
    });

    const resource = deploymentGroup.node.defaultChild as CfnDeploymentGroup;
    // An instance launched in the middle of a deployment gets the old revision first; CodeDeploy then updates it.
    resource.outdatedInstancesStrategy = 'UPDATE';
    // All that CodeDeploy can suspend: each of them takes instances away from under a deployment.
    resource.ec2DeploymentOptions = {
      autoScalingGroupProcessesToSuspend: ['Terminate', 'AZRebalance', 'InstanceRefresh', 'ScheduledActions'],
    };
    Validations.of(resource).acknowledge({
      id: 'CloudFormation-Validate::F3002',
      reason:
        'The offline schema of this aws-cdk-lib is older than Ec2DeploymentOptions, which its own L1 knows.',
    });
  }
}
