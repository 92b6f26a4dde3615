import type { ActionBindOptions, Artifact, IStage } from 'aws-cdk-lib/aws-codepipeline';
import { type Action, CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CodePipelineSource, FileSet } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import type { Source } from '../config/source';

export interface ConnectionSourceProps extends Source {
  readonly branch: string;
  readonly actionName: string;
}

/** A repository behind a connection of AWS CodeConnections. Pushes to the branch start the pipeline. */
export class ConnectionSource extends CodePipelineSource {
  constructor(private readonly props: ConnectionSourceProps) {
    super(props.repository);
    this.configurePrimaryOutput(new FileSet('Source', this));
  }

  protected getAction(
    output: Artifact,
    _actionName: string,
    runOrder: number,
    variablesNamespace?: string,
  ): Action {
    const { connectionArn, repository, branch, actionName } = this.props;
    const end = repository.lastIndexOf('/');
    return new ConnectionAction({
      actionName,
      connectionArn,
      owner: repository.slice(0, end),
      repo: repository.slice(end + 1),
      branch,
      output,
      runOrder,
      variablesNamespace,
    });
  }
}

/**
 * Grants what the CDK's own action leaves out: it knows the service by its former name alone, and the prefix of a
 * permission has to match that of the connection's ARN.
 *
 * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
 */
class ConnectionAction extends CodeStarConnectionsSourceAction {
  readonly #connectionArn: string;

  constructor(props: ConstructorParameters<typeof CodeStarConnectionsSourceAction>[0]) {
    super(props);
    this.#connectionArn = props.connectionArn;
  }

  protected override bound(scope: Construct, stage: IStage, options: ActionBindOptions) {
    if (this.#connectionArn.includes(':codeconnections:'))
      options.role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ['codeconnections:UseConnection'],
          resources: [this.#connectionArn],
        }),
      );
    return super.bound(scope, stage, options);
  }
}
