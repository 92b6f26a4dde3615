/** What the pipeline tells a rollback proof: the environment variables of its build. */
export interface ProofVariables {
  /** {@link ProofSettings} as JSON. */
  readonly ROLLBACK_PROOF: string;
  /** The execution of the pipeline whose revision is proven. */
  readonly EXECUTION_ID: string;
  /** Where the load balancer answers. */
  readonly SERVICE_URL: string;
}

/** An environment and what is done to it. */
export interface ProofSettings {
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Name of the artifact that is the revision. */
  readonly artifact: string;
  /** Name of the CodeDeploy application. */
  readonly application: string;
  /** Name of the deployment group of the fleet. */
  readonly deploymentGroup: string;
  /** Name of a zonal deployment configuration, which holds after the first zone for longer than the proof takes. */
  readonly proofConfiguration: string;
  /** Name of the deployment configuration that puts the fleet back when the proof has failed. */
  readonly rollbackConfiguration: string;
  /**
   * Role to reach the environment with, in its account.
   * @default - the build's own role
   */
  readonly roleArn?: string;
  readonly requestsPerSecond: number;
  /** Paths, requested in turn. */
  readonly paths: readonly string[];
  /** Minutes for which half of the fleet serves the new revision. */
  readonly minutes: number;
}

/** @throws Error that names the variable that is not set */
export function proofVariables(): ProofVariables {
  const variable = (name: keyof ProofVariables): string => {
    const value = process.env[name];
    if (!value) throw new Error(`The environment variable ${name} is not set`);
    return value;
  };
  return {
    ROLLBACK_PROOF: variable('ROLLBACK_PROOF'),
    EXECUTION_ID: variable('EXECUTION_ID'),
    SERVICE_URL: variable('SERVICE_URL'),
  };
}
