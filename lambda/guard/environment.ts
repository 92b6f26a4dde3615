import type { DeploymentInfo, RevisionLocation } from '@aws-sdk/client-codedeploy';
import { endOf, type History, type Release, readHistory, sameRevision } from './history';
import { type Rollback, rollbackOf } from './marker';
import type { GuardedGroup, GuardSettings } from './settings';

/** An alarm looks back upon three minutes, and metrics come late: for so long after a rollback it may go off for what is gone. */
const SETTLING_MINUTES = 5;

/** A deployment group and what has been deployed to it. */
export interface Group extends GuardedGroup {
  readonly history: History;
}

/** A group that runs a release. */
export interface Place {
  readonly group: Group;
  /** The release as this group got it. */
  readonly release: Release;
}

/** A revision that the environment runs, on its one-box, on its fleet or on both. */
export interface EnvironmentRelease {
  /** Id of the deployment that brought it to the fleet; of the one to the one-box while it has not come further. */
  readonly id: string;
  readonly revision: RevisionLocation;
  /** Alarms that have gone off after that speak of it. */
  readonly watchedSince: Date;
  /** The fleet, if it is among them, is the first. */
  readonly places: readonly Place[];
  /** Names of the alarms that speak of it. */
  readonly alarms: readonly string[];
}

/** A rollback of the guard's: the newest deployment to a group. */
export interface BegunRollback extends Rollback {
  readonly group: Group;
  readonly deployment: DeploymentInfo;
}

/** What the groups of an environment run. */
export class EnvironmentState {
  private constructor(
    private readonly settings: GuardSettings,
    /** The fleet is the first. */
    readonly groups: readonly Group[],
  ) {}

  static async read(settings: GuardSettings): Promise<EnvironmentState> {
    const { application, fleet, oneBox } = settings;
    const groups = oneBox ? [fleet, oneBox] : [fleet];
    const read = async (group: GuardedGroup): Promise<Group> => ({
      ...group,
      history: await readHistory(application, group.deploymentGroup),
    });
    return new EnvironmentState(settings, await Promise.all(groups.map(read)));
  }

  /**
   * Groups whose newest deployment runs, has failed or is of a rollback proof are left out: those are CodeDeploy's
   * business, the proof's, or a person's.
   */
  get releases(): EnvironmentRelease[] {
    const found: Place[][] = [];
    for (const group of this.groups) {
      const { history } = group;
      const { newest, releases } = history;
      const [release] = releases;
      if (newest?.status !== 'Succeeded' || history.isOfProof(newest) || !release) continue;
      const same = found.find(([place]) => sameRevision(place!.release.revision, release.revision));
      if (same) same.push({ group, release });
      else found.push([{ group, release }]);
    }
    return found.map((places) => this.#describe(places));
  }

  /** The rollbacks that the guard began and nothing has come after. */
  get rollbacks(): BegunRollback[] {
    return this.groups.flatMap((group) => {
      const deployment = group.history.newest;
      const rollback = deployment && rollbackOf(deployment);
      return rollback ? [{ ...rollback, group, deployment }] : [];
    });
  }

  /** What a group can go back to: the last other revision that was good for the fleet, or else for the group itself. */
  lastGood({ group, release: { revision } }: Place): Release | undefined {
    return this.groups[0]!.history.lastGood(revision) ?? group.history.lastGood(revision);
  }

  #describe(places: readonly Place[]): EnvironmentRelease {
    const [{ group, release }] = places as [Place];
    const [fleet] = this.groups as [Group];
    const { oneBox } = this.settings;
    const onFleet = group === fleet;
    const onOneBox = !onFleet || places.length > 1;
    // The fleet's alarms speak of the one-box too: what was bad there has left the fleet, but not the one-box yet.
    const alarms = [
      ...fleet.alarms,
      ...(onOneBox ? oneBox!.alarms : []),
      // On one revision, a difference tells of instances and not of a release.
      ...(onOneBox && !onFleet ? oneBox!.comparisonAlarms : []),
    ];
    const { createTime } = release.deployment;
    const further = fleet.history.releases.find(
      ({ revision, deployment }) =>
        sameRevision(revision, release.revision) && deployment.createTime! >= createTime!,
    );
    const { deploymentId } = (further ?? release).deployment;
    return {
      id: deploymentId!,
      revision: release.revision,
      watchedSince: watchedSince(places),
      places,
      alarms,
    };
  }
}

/** Since the release began; a rollback, since what it took away can be heard of no more. */
function watchedSince(places: readonly Place[]): Date {
  const releases = places.map(({ release }) => release);
  if (releases.some(({ goesBack }) => goesBack))
    return new Date(Math.max(...releases.map(endOf)) + SETTLING_MINUTES * 60_000);
  const begins = releases.map(({ deployment }) => deployment.startTime ?? deployment.createTime);
  return new Date(Math.min(...begins.map(Number)));
}
