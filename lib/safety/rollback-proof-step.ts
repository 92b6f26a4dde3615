import type { CfnOutput } from 'aws-cdk-lib';
import { Duration, Stack } from 'aws-cdk-lib';
import { BuildSpec, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { GlobalVariables, type IStage } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CodePipelineActionFactoryResult,
  type FileSet,
  type ICodePipelineActionFactory,
  type ProduceActionOptions,
  StackOutputReference,
  Step,
} from 'aws-cdk-lib/pipelines';
import type { ProofSettings, ProofVariables } from '../../lambda/rollback-proof/settings';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames, pipelineNames } from '../names';
import { BUILD_IMAGE } from '../pipeline/build-environment';
import { acknowledgeProof, proofStatements } from './proof-access';

const PROGRAM = 'rollback-proof.js';

/** Puts the program of the proof and what it imports into one file beside the templates: nothing is installed for it. */
export const BUNDLE_PROOF = `npx esbuild lambda/rollback-proof/main.ts --bundle --platform=node --target=node22 --log-level=warning --outfile=cdk.out/${PROGRAM}`;

export interface RollbackProofStepProps {
  readonly delivery: Delivery;
  readonly environment: Environment;
  /** Holds the program. */
  readonly assembly: FileSet;
  readonly revision: FileSet;
  /** Where the service answers. */
  readonly url: CfnOutput;
  readonly logGroup: ILogGroup;
}

/** Proves that a release can be taken back, before it is deployed: lambda/rollback-proof, in a build. */
export class RollbackProofStep extends Step implements ICodePipelineActionFactory {
  readonly #url: StackOutputReference;

  constructor(private readonly props: RollbackProofStepProps) {
    super('RollbackProof');
    this.addDependencyFileSet(props.assembly);
    this.addDependencyFileSet(props.revision);
    this.#url = StackOutputReference.fromCfnOutput(props.url);
  }

  /** CDK Pipelines has the deployment of the stack give it out. */
  override get consumedStackOutputs(): StackOutputReference[] {
    return [this.#url];
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    const { delivery, environment, assembly, revision, logGroup } = this.props;
    const project = new PipelineProject(options.scope, options.actionName, {
      description: `Proves that a release can be taken back in ${environment.name}`,
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: {
          install: { 'runtime-versions': { nodejs: '22' } },
          build: { commands: [`node ${PROGRAM}`] },
        },
      }),
      environment: { buildImage: BUILD_IMAGE },
      encryptionKey: options.pipeline.pipeline.artifactBucket.encryptionKey,
      logging: { cloudWatch: { logGroup } },
      timeout: Duration.hours(8), // CodeDeploy bounds each step; this only has to be longer
      grantReportGroupPermissions: false,
    });
    const roleArn = this.#allow(project);
    const settings: ProofSettings = {
      ...environment.rollbackProof!,
      pipeline: pipelineNames(delivery).pipeline,
      artifact: options.artifacts.toCodePipeline(revision).artifactName!,
      ...this.#names,
      roleArn,
    };
    const variables: ProofVariables = {
      ROLLBACK_PROOF: Stack.of(project).toJsonString(settings),
      EXECUTION_ID: GlobalVariables.executionId,
      SERVICE_URL: options.stackOutputsMap.toCodePipeline(this.#url),
    };
    stage.addAction(
      new CodeBuildAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        input: options.artifacts.toCodePipeline(assembly),
        project,
        environmentVariables: Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [name, { value }]),
        ),
      }),
    );
    return { runOrdersConsumed: 1, project };
  }

  get #names() {
    const { delivery, environment } = this.props;
    const { application, deploymentGroup, proofConfiguration, rollbackConfiguration } = environmentNames(
      delivery,
      environment,
    );
    return { application, deploymentGroup, proofConfiguration, rollbackConfiguration };
  }

  /** Lets the build find the revision and move the fleet. @returns the role for the latter, in another account */
  #allow(project: PipelineProject): string | undefined {
    const { delivery, environment } = this.props;
    const stack = Stack.of(project);
    project.addToRolePolicy(
      new PolicyStatement({
        actions: ['codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions'],
        resources: [stack.formatArn({ service: 'codepipeline', resource: pipelineNames(delivery).pipeline })],
      }),
    );
    if (environment.account === delivery.account) {
      for (const statement of proofStatements(stack, delivery, environment))
        project.addToRolePolicy(statement);
      acknowledgeProof(project);
      return undefined;
    }
    const roleArn = stack.formatArn({
      service: 'iam',
      region: '',
      account: environment.account,
      resource: 'role',
      resourceName: environmentNames(delivery, environment).proofRole,
    });
    project.addToRolePolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roleArn] }));
    return roleArn;
  }
}
