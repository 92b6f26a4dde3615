/**
 * How many instances may be out of service while a deployment runs.
 * @see CodeDeploy User Guide: CodeDeploy instance health; Working with deployment configurations
 */
export interface MinimumHealthyHosts {
  /** `MOST_CONCURRENCY` is what GetDeploymentConfig reports for CodeDeployDefault.OneAtATime; custom ones cannot use it. */
  readonly type: 'HOST_COUNT' | 'FLEET_PERCENT' | 'MOST_CONCURRENCY';
  readonly value: number;
}

/** The number of instances, out of `total`, that have to stay healthy. Percentages round up. */
export function minimumHealthy({ type, value }: MinimumHealthyHosts, total: number): number {
  switch (type) {
    case 'HOST_COUNT':
      return value;
    case 'FLEET_PERCENT':
      return Math.ceil((value * total) / 100);
    case 'MOST_CONCURRENCY':
      return Math.max(0, total - value);
  }
}

/** Keeps count of one fleet (or one of its zones) during a deployment, and says when to go on, to stop and to fail. */
export class HealthConstraint {
  readonly minimum: number;
  private inFlight = 0;
  private attempted = 0;
  private succeeded = 0;
  private failed = 0;

  constructor(
    rule: MinimumHealthyHosts,
    readonly total: number,
  ) {
    this.minimum = minimumHealthy(rule, total);
  }

  /** False when the deployment cannot even start: as many or more instances must stay healthy as there are. */
  get possible(): boolean {
    return this.minimum < this.total;
  }

  /** How many instances may be taken out of service in addition to those that are. */
  get room(): number {
    return Math.max(0, this.healthy - this.minimum - this.inFlight);
  }

  /** Failed for good: no more instances may be taken out of service, and there are some left to deploy to. */
  get violated(): boolean {
    return this.healthy <= this.minimum && this.attempted < this.total;
  }

  /** The verdict when nothing is left to do; at least one instance has to succeed whatever the rule says. */
  get satisfied(): boolean {
    return !this.violated && this.succeeded >= Math.max(1, this.minimum);
  }

  get failures(): number {
    return this.failed;
  }

  start(): void {
    this.inFlight++;
    this.attempted++;
  }

  end(succeeded: boolean): void {
    this.inFlight--;
    if (succeeded) this.succeeded++;
    else this.failed++;
  }

  /** Instances count as healthy until their deployment has failed. */
  private get healthy(): number {
    return this.total - this.failed;
  }
}
