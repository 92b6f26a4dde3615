import type { Diagnostics } from '@aws-sdk/client-codedeploy';
import type { Host, LifecycleOutcome } from '../hosts/host';
import type { Deployment, TargetState } from './deployment';
import { IGNORABLE, isAgentEvent, type LifecycleEventName } from './lifecycle-events';
import type { Reports } from './reports';
import type { Traffic } from './traffic';

type Outcome = Pick<LifecycleOutcome, 'status'> & { readonly diagnostics?: Diagnostics };

const SUCCEEDED: Outcome = { status: 'Succeeded' };

/** Takes one instance through the lifecycle events of a deployment. */
export class InstanceDeployment {
  constructor(
    private readonly deployment: Deployment,
    private readonly target: TargetState,
    private readonly host: Host | undefined,
    private readonly traffic: Traffic,
    private readonly reports: Reports,
  ) {}

  /** @returns whether the instance succeeded */
  async run(): Promise<boolean> {
    const { deployment, target } = this;
    this.setStatus('InProgress');
    for (const { lifecycleEventName } of target.events) {
      const event = lifecycleEventName as LifecycleEventName;
      // A deployment that is stopped lets the running event end and leaves out the rest.
      if (deployment.signal.aborted) return this.fail();
      this.mark(event, 'InProgress');
      const outcome = await this.carryOut(event);
      this.mark(event, outcome.status, outcome.diagnostics);
      if (outcome.status === 'Failed') {
        const ignored = deployment.spec.ignoreApplicationStopFailures && IGNORABLE.has(event);
        if (!ignored) return this.fail();
      } else if (event === 'Install') {
        this.reports.installed(deployment, target.instanceId);
      }
    }
    this.setStatus('Succeeded');
    return true;
  }

  private async carryOut(event: LifecycleEventName): Promise<Outcome> {
    if (!this.host) return failure('the instance does not run');
    const gone = this.host.ended.then(() => failure('the instance ended'));
    try {
      return await Promise.race([isAgentEvent(event) ? this.runOnHost(event) : this.serve(event), gone]);
    } catch (error) {
      return failure((error as Error).message);
    }
  }

  private runOnHost(event: Parameters<Host['run']>[0]['event']): Promise<Outcome> {
    const { spec } = this.deployment;
    return this.host!.run({
      event,
      applicationName: spec.group.applicationName,
      deploymentId: spec.id,
      deploymentGroupId: spec.group.id,
      deploymentGroupName: spec.group.name,
      bundle: spec.bundle,
      fileExistsBehavior: spec.fileExistsBehavior,
    });
  }

  private async serve(event: LifecycleEventName): Promise<Outcome> {
    const { instanceId } = this.target;
    const stopped = this.deployment.stopped.then(() => failure('the deployment was stopped'));
    if (event === 'BlockTraffic') {
      return Promise.race([this.traffic.block(instanceId).then(() => SUCCEEDED), stopped]);
    }
    if (event === 'AllowTraffic') {
      const healthy = this.traffic
        .allow(instanceId)
        .then((yes) => (yes ? SUCCEEDED : failure('the instance was not healthy within an hour')));
      return Promise.race([healthy, stopped]);
    }
    return SUCCEEDED;
  }

  private fail(): false {
    this.target.skipRest();
    this.setStatus('Failed');
    return false;
  }

  private setStatus(status: TargetState['status']): void {
    this.target.setStatus(status);
    this.reports.instance(this.deployment, this.target);
  }

  private mark(
    event: LifecycleEventName,
    status: 'InProgress' | Outcome['status'],
    diagnostics?: Diagnostics,
  ) {
    this.reports.lifecycleEvent(this.deployment, this.target, this.target.mark(event, status, diagnostics));
  }
}

function failure(message: string): Outcome {
  return {
    status: 'Failed',
    diagnostics: { errorCode: 'UnknownError', scriptName: '', message, logTail: '' },
  };
}
