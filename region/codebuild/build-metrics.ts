import type { Build, BuildPhase, BuildPhaseType } from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';

/** Metrics of the phases whose duration CodeBuild publishes. */
const PHASES: Partial<Record<BuildPhaseType, string>> = {
  SUBMITTED: 'SubmittedDuration',
  QUEUED: 'QueuedDuration',
  PROVISIONING: 'ProvisioningDuration',
  DOWNLOAD_SOURCE: 'DownloadSourceDuration',
  INSTALL: 'InstallDuration',
  PRE_BUILD: 'PreBuildDuration',
  BUILD: 'BuildDuration',
  POST_BUILD: 'PostBuildDuration',
  UPLOAD_ARTIFACTS: 'UploadArtifactsDuration',
  FINALIZING: 'FinalizingDuration',
};

/**
 * CodeBuild's metrics of a build that has ended, for its project and for all.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/cloudwatch_metrics-codebuild.html
 */
export function measure(scope: Scope, { projectName, buildStatus, phases = [], ...build }: Build): void {
  const record = (metricName: string, value: number, unit: 'Count' | 'Seconds') => {
    const each: Record<string, string>[] = [{ ProjectName: projectName! }, {}];
    for (const dimensions of each)
      scope.service('cloudwatch').record({ namespace: 'AWS/CodeBuild', metricName, dimensions, value, unit });
  };
  record('Builds', 1, 'Count');
  if (buildStatus === 'SUCCEEDED') record('SucceededBuilds', 1, 'Count');
  if (buildStatus === 'FAILED' || buildStatus === 'TIMED_OUT') record('FailedBuilds', 1, 'Count');
  record('Duration', seconds(build), 'Seconds');
  for (const phase of phases) {
    const metricName = PHASES[phase.phaseType!];
    if (metricName && phase.endTime) record(metricName, seconds(phase), 'Seconds');
  }
}

function seconds({ startTime, endTime }: Pick<BuildPhase, 'startTime' | 'endTime'>): number {
  return (endTime!.getTime() - startTime!.getTime()) / 1000;
}
