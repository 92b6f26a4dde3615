import type { Build, BuildPhase } from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';

/**
 * CodeBuild's events on the default bus.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
 */
export class BuildEvents {
  constructor(private readonly scope: Scope) {}

  stateChange(build: Build): void {
    this.emit(build, 'CodeBuild Build State Change', {
      'build-status': build.buildStatus,
      'current-phase': build.currentPhase,
      'current-phase-context': contextText(build.phases?.at(-1)),
    });
  }

  phaseChange(build: Build, phase: BuildPhase): void {
    this.emit(build, 'CodeBuild Build Phase Change', {
      'completed-phase': phase.phaseType,
      'completed-phase-context': contextText(phase),
      'completed-phase-status': phase.phaseStatus,
      'completed-phase-duration-seconds': phase.durationInSeconds,
      'completed-phase-start': timeText(phase.startTime),
      'completed-phase-end': timeText(phase.endTime),
    });
  }

  private emit(build: Build, detailType: string, specific: Record<string, unknown>): void {
    this.scope.service('events').emit({
      source: 'aws.codebuild',
      detailType,
      resources: [build.arn!],
      detail: {
        'project-name': build.projectName,
        'build-id': build.arn,
        ...specific,
        'additional-information': additionalInformation(build),
        version: '1',
      },
    });
  }
}

function additionalInformation(build: Build) {
  return {
    artifact: { location: build.artifacts?.location ?? '' },
    cache: { type: build.cache?.type ?? 'NO_CACHE' },
    environment: {
      image: build.environment?.image,
      'privileged-mode': build.environment?.privilegedMode ?? false,
      'compute-type': build.environment?.computeType,
      type: build.environment?.type,
      'environment-variables': build.environment?.environmentVariables ?? [],
    },
    'timeout-in-minutes': build.timeoutInMinutes,
    'queued-timeout-in-minutes': build.queuedTimeoutInMinutes,
    'build-complete': build.buildComplete,
    'build-number': build.buildNumber,
    initiator: build.initiator,
    'build-start-time': timeText(build.startTime),
    source: { type: build.source?.type, location: build.source?.location },
    'source-version': build.sourceVersion ?? '',
    logs: {
      'group-name': build.logs?.groupName,
      'stream-name': build.logs?.streamName,
      'deep-link': build.logs?.deepLink,
    },
    phases: (build.phases ?? []).map((phase) => ({
      'phase-type': phase.phaseType,
      'start-time': timeText(phase.startTime),
      ...(phase.endTime && {
        'end-time': timeText(phase.endTime),
        'duration-in-seconds': phase.durationInSeconds,
        'phase-status': phase.phaseStatus,
        'phase-context': [contextText(phase)],
      }),
    })),
  };
}

function contextText(phase: BuildPhase | undefined): string {
  const contexts = phase?.contexts ?? [];
  return `[${contexts.map(({ statusCode = '', message = '' }) => `${statusCode}: ${message}`).join(', ')}]`;
}

const TIME = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** `Sep 1, 2017, 4:12:29 PM`, as CodeBuild's events write it (some with, older samples without the second comma). */
function timeText(time: Date | undefined): string | undefined {
  return time && TIME.format(time).replaceAll('\u202f', ' ');
}
