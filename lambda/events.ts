/** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
export interface PipelineEvent {
  readonly source: 'aws.codepipeline';
  /** When the state changed: ISO 8601. */
  readonly time: string;
  readonly detail: {
    readonly pipeline: string;
    readonly 'execution-id': string;
    readonly state: string;
  };
}

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html */
export interface DeploymentEvent {
  readonly source: 'aws.codedeploy';
  readonly detail: {
    readonly application: string;
    readonly deploymentGroup: string;
    readonly deploymentId: string;
    readonly state: string;
  };
}
