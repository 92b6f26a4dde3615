import type {
  AutoRollbackConfiguration,
  DeploymentInfo,
  DeploymentOverview,
  DeploymentStatus,
  DeploymentTarget,
  Diagnostics,
  ErrorInformation,
  InstanceTarget,
  LifecycleEvent,
  LifecycleEventStatus,
  S3Location,
} from '@aws-sdk/client-codedeploy';
import type { Clock } from '../clock/clock';
import type { DeploymentConfig } from './deployment-configs';
import type { DeploymentGroup } from './deployment-group';
import type { LifecycleEventName, Occasion } from './lifecycle-events';
import type { Bundle } from './revisions';

export interface DeploymentSpec {
  readonly id: string;
  readonly group: DeploymentGroup;
  readonly config: DeploymentConfig;
  readonly revision: S3Location;
  readonly bundle: Bundle;
  readonly occasion: Occasion;
  readonly creator: NonNullable<DeploymentInfo['creator']>;
  readonly description?: string;
  readonly fileExistsBehavior: 'DISALLOW' | 'OVERWRITE' | 'RETAIN';
  readonly ignoreApplicationStopFailures: boolean;
  readonly updateOutdatedInstancesOnly: boolean;
  readonly autoRollback?: AutoRollbackConfiguration;
  readonly overrideAlarms?: DeploymentInfo['overrideAlarmConfiguration'];
  /** Only this instance: what a deployment that Auto Scaling asked for is limited to. */
  readonly onlyInstance?: string;
  /** The deployment that this one rolls back. */
  readonly rollbackOf?: string;
}

/** Why a deployment is being stopped. */
export type StopReason =
  | { readonly code: 'MANUAL_STOP'; readonly message: string; readonly rollback?: boolean }
  | { readonly code: 'ALARM_ACTIVE' | 'TIMEOUT'; readonly message: string };

const FINAL: readonly DeploymentStatus[] = ['Succeeded', 'Failed', 'Stopped'];

/** One deployment: its state and that of every instance in it. */
export class Deployment {
  status: DeploymentStatus = 'Created';
  error?: ErrorInformation;
  rollbackInfo?: DeploymentInfo['rollbackInfo'];
  readonly targets = new Map<string, TargetState>();
  readonly createTime: Date;
  startTime?: Date;
  completeTime?: Date;
  /** Aborted with a {@link StopReason}. */
  private readonly stopping = new AbortController();
  private settle!: (info: DeploymentInfo) => void;
  /** Resolves at the end, whatever it is; a rollback has been started by then. */
  readonly ended = new Promise<DeploymentInfo>((resolve) => {
    this.settle = resolve;
  });

  /** Resolves when the deployment is told to stop. */
  readonly stopped = new Promise<void>((resolve) => {
    this.signal.addEventListener('abort', () => resolve(), { once: true });
  });

  constructor(
    readonly spec: DeploymentSpec,
    readonly previousRevision: S3Location | undefined,
    clock: Clock,
  ) {
    this.createTime = new Date(clock.now());
    if (spec.rollbackOf) this.rollbackInfo = { rollbackTriggeringDeploymentId: spec.rollbackOf };
  }

  get id(): string {
    return this.spec.id;
  }

  get done(): boolean {
    return FINAL.includes(this.status);
  }

  /** Aborts when the deployment is told to stop. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  get stopReason(): StopReason | undefined {
    return this.signal.reason as StopReason | undefined;
  }

  stop(reason: StopReason): void {
    if (!this.signal.aborted) this.stopping.abort(reason);
  }

  announceEnd(): void {
    this.settle(this.info());
  }

  info(): DeploymentInfo {
    const { spec } = this;
    const group = spec.group.info;
    const s3 = (location?: S3Location) =>
      location && { revisionType: 'S3' as const, s3Location: { ...location } };
    return {
      applicationName: group.applicationName,
      deploymentGroupName: group.deploymentGroupName,
      deploymentConfigName: spec.config.name,
      deploymentId: spec.id,
      previousRevision: s3(this.previousRevision),
      revision: s3(spec.revision),
      status: this.status,
      errorInformation: this.error,
      createTime: this.createTime,
      startTime: this.startTime,
      completeTime: this.completeTime,
      deploymentOverview: this.overview(),
      description: spec.description,
      creator: spec.creator,
      ignoreApplicationStopFailures: spec.ignoreApplicationStopFailures,
      autoRollbackConfiguration: spec.autoRollback,
      updateOutdatedInstancesOnly: spec.updateOutdatedInstancesOnly,
      rollbackInfo: this.rollbackInfo,
      deploymentStyle: group.deploymentStyle,
      loadBalancerInfo: group.loadBalancerInfo,
      fileExistsBehavior: spec.fileExistsBehavior,
      computePlatform: 'Server',
      overrideAlarmConfiguration: spec.overrideAlarms,
    };
  }

  private overview(): DeploymentOverview {
    const overview = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
    for (const { status } of this.targets.values()) {
      if (status && status in overview) overview[status as keyof typeof overview]++;
    }
    return overview;
  }
}

/** One instance in one deployment. */
export class TargetState {
  status: NonNullable<InstanceTarget['status']> = 'Pending';
  readonly events: (LifecycleEvent & { lifecycleEventName: string })[];
  private updated: Date;

  constructor(
    private readonly deploymentId: string,
    readonly instanceId: string,
    private readonly arn: string,
    events: readonly LifecycleEventName[],
    private readonly clock: Clock,
  ) {
    this.events = events.map((lifecycleEventName) => ({ lifecycleEventName, status: 'Pending' }));
    this.updated = new Date(clock.now());
  }

  setStatus(status: TargetState['status']): void {
    this.status = status;
    this.updated = new Date(this.clock.now());
  }

  mark(name: LifecycleEventName, status: LifecycleEventStatus, diagnostics?: Diagnostics): LifecycleEvent {
    const event = this.events.find((one) => one.lifecycleEventName === name)!;
    this.updated = new Date(this.clock.now());
    event.status = status;
    if (status === 'InProgress') event.startTime = this.updated;
    else if (status !== 'Pending' && event.startTime) event.endTime = this.updated;
    if (diagnostics) event.diagnostics = diagnostics;
    return event;
  }

  /** What has not begun will not. */
  skipRest(): void {
    for (const event of this.events) if (event.status === 'Pending') event.status = 'Skipped';
  }

  describe(): DeploymentTarget {
    return {
      deploymentTargetType: 'InstanceTarget',
      instanceTarget: {
        deploymentId: this.deploymentId,
        targetId: this.instanceId,
        targetArn: this.arn,
        status: this.status,
        lastUpdatedAt: this.updated,
        lifecycleEvents: this.events.map((event) => ({ ...event })),
      },
    };
  }
}
