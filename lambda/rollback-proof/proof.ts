import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentInfo, RevisionLocation } from '@aws-sdk/client-codedeploy';
import { type History, sameRevision } from '../guard/history';
import { IN_SPITE_OF_EVERYTHING } from '../guard/rollback';
import { describeProof, describePutBack, isProof } from '../proof';
import type { Candidate } from './candidate';
import { type Fleet, hasEnded, until } from './fleet';
import type { Load } from './load';
import type { ProofSettings } from './settings';
import { failuresOf, heldAfter } from './targets';

/** Seconds of requests before and after, against which to see what the proof does. */
const QUIET = 3;

/**
 * Proves that a release can be taken back: brings it to half of the fleet and, by CodeDeploy's own automatic rollback,
 * away again, under load.
 *
 * @see docs/decisions/0007-a-proof-goes-half-the-way.md
 */
export class RollbackProof {
  constructor(
    private readonly settings: ProofSettings,
    private readonly fleet: Fleet,
    private readonly load: Load,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * @param signal aborts the proof; the fleet is put back all the same
   * @returns what is proven
   * @throws Error that says what failed, and what has become of the fleet
   */
  async run(candidate: Candidate, signal: AbortSignal): Promise<string> {
    const [release] = (await this.fleet.history()).releases;
    if (!release) return 'Nothing to prove: a first release has nothing to go back to';
    const good = release.revision;
    this.log(`The fleet ${await this.#putBack(good)}: ${good.s3Location?.key}`);
    if (good.s3Location?.key === candidate.revision.s3Location?.key)
      return 'Nothing to prove: the fleet is on this revision already';
    try {
      const summary = await this.#thereAndBack(candidate, signal);
      return `Proven: this release can be taken back. ${summary}`;
    } catch (error) {
      const why = signal.aborted ? 'the build was stopped' : (error as Error).message;
      this.log(`Failed: ${why}`);
      const fleet = await this.#putBack(good).catch(({ message }: Error) => message);
      throw new Error(`Not proven that this release can be taken back: ${why}. The fleet ${fleet}`);
    } finally {
      await this.load.stop();
    }
  }

  async #thereAndBack(candidate: Candidate, signal: AbortSignal): Promise<string> {
    const { load } = this;
    load.start();
    await sleep(QUIET * 1000, undefined, { signal });
    load.expectEnough();

    load.phase = 'on the way there';
    const deploymentId = await this.#toHalf(candidate, signal);
    load.phase = 'on the way back';
    await this.#back(deploymentId, signal);
    load.phase = 'after';
    await sleep(QUIET * 1000, undefined, { signal });
    load.expectEnough();
    await load.stop();
    load.expectNoFailure();
    return load.describe();
  }

  /** Resolves with the deployment that holds after the first zone, once half of the fleet has served for its minutes. */
  async #toHalf({ revision, executionId }: Candidate, signal: AbortSignal): Promise<string> {
    const zones = await this.fleet.zones();
    if (new Set(zones.values()).size < 2)
      throw new Error(
        `a fleet is halved by its availability zones, and its ${zones.size} instances are in ${[...zones.values()][0] ?? 'none'}`,
      );
    const deploymentId = await this.fleet.begin(
      {
        revision,
        deploymentConfigName: this.settings.proofConfiguration,
        description: describeProof(executionId),
      },
      signal,
    );
    this.log(`Deployment ${deploymentId} brings ${revision.s3Location?.key} to the first zone`);
    const held = await until(() => this.#heldAfter(deploymentId, zones), signal);
    const there = [...zones].filter(([, zone]) => held.includes(zone));
    this.log(`${there.length} of ${zones.size} instances (${held.join(', ')}) have the new revision`);

    this.load.phase = 'with half of the fleet on the new revision';
    const end = Date.now() + this.settings.minutes * 60_000;
    await until(async () => {
      if (!(await this.#heldAfter(deploymentId, zones)))
        throw new Error(`deployment ${deploymentId} went on to the next zone`);
      return Date.now() >= end || undefined;
    }, signal);
    return deploymentId;
  }

  /**
   * The zones that have the new revision, while the deployment holds before the others.
   *
   * @throws Error when something has failed: the deployment, a script, a request
   */
  async #heldAfter(deploymentId: string, zones: ReadonlyMap<string, string>) {
    const deployment = await this.fleet.deployment(deploymentId);
    const targets = await this.fleet.targets(deploymentId);
    const failures = failuresOf(targets);
    if (hasEnded(deployment)) throw new Error(`on the way there, ${describeEnd(deployment, failures)}`);
    if (failures.length > 0) throw new Error(`on the way there, ${failures.join('; ')}`);
    this.load.expectNoFailure();
    return heldAfter(targets, zones);
  }

  async #back(deploymentId: string, signal: AbortSignal): Promise<void> {
    await this.fleet.stop(deploymentId, true);
    const stopped = await this.fleet.ended(deploymentId, signal);
    if (stopped.status !== 'Stopped' || stopped.errorInformation?.code === 'ALARM_ACTIVE')
      throw new Error(`before the way back, ${describeEnd(stopped, [])}`);
    const rollbackId = await until(async () => {
      const { rollbackDeploymentId, rollbackMessage } =
        (await this.fleet.deployment(deploymentId)).rollbackInfo ?? {};
      if (!rollbackDeploymentId && rollbackMessage) throw new Error(`on the way back, ${rollbackMessage}`);
      return rollbackDeploymentId;
    }, signal);
    this.log(`Stopped; CodeDeploy rolls back by deployment ${rollbackId}`);
    const rollback = await this.fleet.ended(rollbackId, signal);
    const failures = failuresOf(await this.fleet.targets(rollbackId));
    if (rollback.status !== 'Succeeded' || failures.length > 0)
      throw new Error(`on the way back, ${describeEnd(rollback, failures)}`);
    this.load.expectNoFailure();
  }

  /**
   * Puts the fleet back on a revision in spite of everything, if a proof, this one or one that was killed, has left it
   * on another.
   *
   * @returns what has become of it
   * @throws Error when it could not be put back
   */
  async #putBack(good: RevisionLocation): Promise<string> {
    let history = await this.fleet.history();
    for (let { newest } = history; newest && isRunning(history, newest); { newest } = history) {
      if (isProof(newest)) await this.fleet.stop(newest.deploymentId!, false);
      await this.fleet.ended(newest.deploymentId!);
      history = await this.fleet.history();
    }
    const { newest } = history;
    const left = newest && history.isOfProof(newest);
    if (!left || (newest.status === 'Succeeded' && sameRevision(newest.revision, good)))
      return 'is on the revision before';

    const deploymentId = await this.fleet.begin({
      ...IN_SPITE_OF_EVERYTHING,
      revision: good,
      deploymentConfigName: this.settings.rollbackConfiguration,
      description: describePutBack(newest.deploymentId),
    });
    this.log(`Deployment ${deploymentId} puts the fleet back`);
    const end = await this.fleet.ended(deploymentId);
    if (end.status === 'Succeeded')
      return `was put back on the revision before, by deployment ${deploymentId}`;
    const failures = failuresOf(await this.fleet.targets(deploymentId));
    throw new Error(`could NOT be put back, instances may differ: ${describeEnd(end, failures)}`);
  }
}

/** Whether a deployment of a proof runs. */
function isRunning(history: History, deployment: DeploymentInfo): boolean {
  return history.isOfProof(deployment) && !hasEnded(deployment);
}

function describeEnd(
  { deploymentId, status, errorInformation }: DeploymentInfo,
  failures: readonly string[],
): string {
  const why = failures.length > 0 ? failures.join('; ') : errorInformation?.message;
  return `deployment ${deploymentId} ${status?.toLowerCase()}: ${why ?? 'it did not hold after the first zone'}`;
}
