import type { Build, BuildPhase, BuildPhaseType, StatusType } from '@aws-sdk/client-codebuild';
import type { Scope } from '../service';
import { BuildEvents } from './build-events';
import type { BuildLog } from './build-log';
import { measure } from './build-metrics';
import type { PhaseResult } from './phases';

/** The visible state of a build: what the API returns, with every change told to the log, the bus and the journal. */
export class BuildRecord {
  private readonly events: BuildEvents;

  constructor(
    private readonly scope: Scope,
    readonly build: Build & { id: string; arn: string; projectName: string; phases: BuildPhase[] },
    private readonly log: BuildLog,
  ) {
    this.events = new BuildEvents(scope);
  }

  begin(): void {
    this.journal(`build ${this.build.buildNumber} of ${this.build.projectName} started`);
    this.events.stateChange(this.build);
  }

  /** Makes a phase visible around its work. */
  async phase(phaseType: BuildPhaseType, work: () => Promise<PhaseResult>): Promise<PhaseResult> {
    const phase: BuildPhase = { phaseType, startTime: this.now() };
    this.build.phases.push(phase);
    this.build.currentPhase = phaseType;
    this.log.note(`Entering phase ${phaseType}`);

    const result = await work();
    phase.phaseStatus = result.status;
    phase.contexts = result.contexts;
    phase.endTime = this.now();
    phase.durationInSeconds = Math.round((phase.endTime.getTime() - phase.startTime!.getTime()) / 1000);
    const [{ statusCode = '', message = '' } = {}] = result.contexts;
    this.log.note(`Phase complete: ${phaseType} State: ${result.status}`);
    this.log.note(`Phase context status code: ${statusCode} Message: ${message}`);
    this.events.phaseChange(this.build, phase);
    return result;
  }

  /** The build's end. */
  complete(status: StatusType): void {
    const { build } = this;
    build.buildStatus = status;
    build.buildComplete = true;
    build.endTime = this.now();
    build.currentPhase = 'COMPLETED';
    measure(this.scope, build);
    build.phases.push({ phaseType: 'COMPLETED', startTime: this.now() });
    const failed = build.phases.find((phase) => phase.phaseStatus && phase.phaseStatus !== 'SUCCEEDED');
    const reason = failed && `${failed.phaseType}: ${failed.contexts?.[0]?.message ?? failed.phaseStatus}`;
    this.journal(
      `build ${build.buildNumber} of ${build.projectName} ${status.toLowerCase().replace('_', ' ')}` +
        (status !== 'SUCCEEDED' && reason ? `: ${reason}` : ''),
      status === 'SUCCEEDED' ? {} : { reason, log: this.log.tail() },
    );
    this.events.stateChange(build);
  }

  private journal(message: string, more: Record<string, unknown> = {}): void {
    const { id, buildNumber, buildStatus, initiator, projectName } = this.build;
    this.scope.journal.append({
      source: 'codebuild',
      type: 'BuildStateChange',
      subject: projectName,
      message,
      detail: { buildId: id, buildNumber, buildStatus, initiator, projectName, ...more },
    });
  }

  private now(): Date {
    return new Date(this.scope.clock.now());
  }
}
