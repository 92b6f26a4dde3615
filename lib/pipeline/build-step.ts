import { BuildSpec, Cache, LocalCacheMode, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CodePipelineActionFactoryResult,
  FileSet,
  type ICodePipelineActionFactory,
  type IFileSetProducer,
  type ProduceActionOptions,
  Step,
} from 'aws-cdk-lib/pipelines';
import { BUILD_IMAGE } from './build-environment';

export interface BuildStepProps {
  readonly source: IFileSetProducer;
  readonly buildspec: string;
  readonly logGroup: LogGroup;
}

/**
 * Runs the service's own buildspec; the artifact is the revision, with its AppSpec file at the root.
 *
 * A step of our own, because CDK Pipelines' CodeBuildStep takes a buildspec inline only.
 */
export class BuildStep extends Step implements ICodePipelineActionFactory {
  readonly revision: FileSet;
  readonly #source: FileSet;

  constructor(private readonly props: BuildStepProps) {
    super('Build');
    this.#source = props.source.primaryOutput!;
    this.addDependencyFileSet(this.#source);
    this.revision = new FileSet('Revision', this);
    this.configurePrimaryOutput(this.revision);
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    const { buildspec, logGroup } = this.props;
    const project = new PipelineProject(options.scope, 'Build', {
      description: `Builds a revision by ${buildspec}`,
      buildSpec: BuildSpec.fromSourceFilename(buildspec),
      environment: { buildImage: BUILD_IMAGE },
      cache: Cache.local(LocalCacheMode.CUSTOM),
      encryptionKey: options.pipeline.pipeline.artifactBucket.encryptionKey,
      logging: { cloudWatch: { logGroup } },
    });
    stage.addAction(
      new CodeBuildAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        input: options.artifacts.toCodePipeline(this.#source),
        outputs: [options.artifacts.toCodePipeline(this.revision)],
        project,
      }),
    );
    return { runOrdersConsumed: 1, project };
  }
}
