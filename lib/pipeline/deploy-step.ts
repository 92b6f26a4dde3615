import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  type IServerApplication,
  ServerApplication,
  ServerDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { CodeDeployServerDeployAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import {
  type CodePipelineActionFactoryResult,
  type FileSet,
  type ICodePipelineActionFactory,
  type ProduceActionOptions,
  Step,
} from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import type { OneBoxSettings } from '../config/one-box';
import { NamedDeploymentConfiguration } from '../environment/deployment-configurations';
import { environmentNames } from '../names';

export interface DeployStepProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  readonly revision: FileSet;
  /**
   * Deploys to the one-box in place of the fleet.
   * @default - the fleet
   */
  readonly oneBox?: OneBoxSettings;
}

/** Deploys the revision to an environment with CodeDeploy. */
export class DeployStep extends Step implements ICodePipelineActionFactory {
  constructor(private readonly props: DeployStepProps) {
    super(props.oneBox ? 'OneBoxDeploy' : 'Deploy');
    this.addDependencyFileSet(props.revision);
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    const { delivery, environment, revision, oneBox } = this.props;
    const { account, region } = environment;
    const names = environmentNames(delivery, environment);
    const group = oneBox ? names.oneBox : names;
    const scope = new Construct(options.scope, options.actionName); // one of several in the stage of a wave
    stage.addAction(
      new CodeDeployServerDeployAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        input: options.artifacts.toCodePipeline(revision),
        deploymentGroup: ServerDeploymentGroup.fromServerDeploymentGroupAttributes(scope, 'DeploymentGroup', {
          application: this.#application(scope),
          deploymentGroupName: group.deploymentGroup,
          deploymentConfig: new NamedDeploymentConfiguration(scope, 'DeploymentConfiguration', {
            name: group.deploymentConfiguration,
            account,
            region,
          }),
        }),
      }),
    );
    return { runOrdersConsumed: 1 };
  }

  /** By its ARN: account and region of the action follow from it. */
  #application(scope: Construct): IServerApplication {
    const { delivery, environment } = this.props;
    const arn = Stack.of(scope).formatArn({
      service: 'codedeploy',
      account: environment.account,
      region: environment.region,
      resource: 'application',
      resourceName: environmentNames(delivery, environment).application,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return ServerApplication.fromServerApplicationArn(scope, 'Application', arn);
  }
}
