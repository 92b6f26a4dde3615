import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { JournalEntry } from '../../region/journal/journal';
import { deployments } from '../../rehearsal/observations';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { copyProject } from '../../rehearsal/workspace';
import { atEnd, temporaryFolder } from '../support/folder';
import { warmCache } from './warm-cache';

const ROOT = path.join(__dirname, '../..');

/** The account that production is in. */
export const PRODUCTION = '333333333333';

/**
 * Beta in the pipeline's account, gamma in another, production in two waves in a third, in three regions. The thresholds
 * of the one-box are out of reach: what goes off there is the comparison with the fleet.
 */
const DELIVERY = `import type { DeliveryDescription } from './lib/config/description';

const fleet = { capacity: { min: 2, max: 2 }, deploymentConfiguration: 'HalfAtATime', bakeMinutes: 3 } as const;
const production = { ...fleet, account: '${PRODUCTION}' };

export const delivery: DeliveryDescription = {
  service: 'harbor',
  account: '111111111111',
  region: 'eu-central-1',
  production: 'prod-west',
  review: false,
  alarms: { latencyP99Milliseconds: 60_000, minimumRequestsPerMinute: 2 },
  environments: [
    { ...fleet, name: 'beta' },
    { ...fleet, name: 'gamma', account: '222222222222' },
    {
      ...production,
      name: 'prod-west',
      region: 'us-west-2',
      oneBox: {
        trafficPercent: 50,
        bakeMinutes: 6,
        errorRateAboveFleetPercent: 15,
        latencyP99AboveFleetMilliseconds: 60_000,
        alarms: { errorRatePercent: 90 },
      },
    },
    [
      {
        ...production,
        name: 'prod-east',
        region: 'us-east-1',
        deploymentConfiguration: { minimumHealthyHosts: 1, zonal: { monitorMinutes: 3 } },
      },
      { ...production, name: 'prod-eu', region: 'eu-west-1' },
    ],
  ],
};
`;

/** The whole pipeline of that delivery, with the real CLI, git, builds, hosts and requests to production's first wave. */
export class Road {
  #paths: string[] = [];

  private constructor(readonly rehearsal: Rehearsal) {}

  static async start(): Promise<Road> {
    const folder = temporaryFolder('road');
    const project = projectIn(path.join(folder, 'project'));
    const { signal } = new AbortController();
    const rehearsal = await Rehearsal.start({ project, folder, scale: 120, signal });
    atEnd(() => rehearsal.stop());
    await rehearsal.setUp();
    await warmCache(rehearsal);
    return new Road(rehearsal);
  }

  get position(): number {
    return this.rehearsal.journal.position;
  }

  entries(matches: (entry: JournalEntry) => boolean): JournalEntry[] {
    return this.rehearsal.journal.entries(matches);
  }

  /** Resolves when an action of a stage, `stage / action`, comes to a state: `Started`, `Succeeded` or `Failed`. */
  action(name: string, state: string, since = 0): Promise<JournalEntry> {
    return this.rehearsal.journal.waitFor(
      ({ type, detail }) => type === `Action${state}` && `${detail['stage']} / ${detail['action']}` === name,
      { since },
    );
  }

  /** The deployments to a group since then, in their order, as they are now. */
  deployments(group: string, since: number) {
    const found = deployments(
      this.entries(({ seq }) => seq > since),
      'harbor',
      group.replace('harbor-', ''),
    );
    return found.map(({ id, creator, status }) => ({ id, creator, status }));
  }

  /** Calls an operation in the account and region of an environment, or in the pipeline's. */
  async call(service: string, operation: string, input: object, environment?: string): Promise<any> {
    const { region } = this.rehearsal;
    const place = environment ? this.rehearsal.environment(environment) : undefined;
    const scope = region.at(place?.account ?? region.home.accountId, place?.region ?? region.home.region);
    return (scope.service(service as any) as any).operations[operation](input);
  }

  /** Of the pipeline's stages as they are now, the one of that name. */
  async stage(name: string): Promise<any> {
    const { stageStates } = await this.call('codepipeline', 'GetPipelineState', { name: 'tidegate-harbor' });
    return stageStates.find(({ stageName }: any) => stageName === name);
  }

  /** From now on users of production's first wave ask for these paths in turn. */
  async ask(...paths: string[]): Promise<void> {
    const asked = this.#paths.length > 0;
    this.#paths = paths;
    if (!asked) this.#sendTraffic(await this.rehearsal.url('prod-west'));
  }

  #sendTraffic(url: string): void {
    let running = true;
    const agent = new http.Agent({ keepAlive: true });
    const get = (path: string) =>
      new Promise<void>((resolve) => {
        const end = () => resolve();
        http
          .get(`${url}${path}`, { agent }, (response) => response.resume().on('end', end).on('error', end))
          .on('error', end);
      });
    const client = (async () => {
      for (let count = 0; running; count++) {
        await get(this.#paths[count % this.#paths.length]!);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    atEnd(async () => {
      running = false;
      await client;
      agent.destroy();
    });
  }
}

/** A copy of the project with that delivery, whose builds leave the unit tests out. */
function projectIn(folder: string): string {
  copyProject(ROOT, folder);
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  fs.writeFileSync(path.join(folder, 'delivery.ts'), DELIVERY);
  leaveOut('test:app', path.join(folder, 'package.json'));
  leaveOut('test', path.join(folder, 'service/package.json'));
  return folder;
}

function leaveOut(script: string, manifest: string): void {
  const { scripts, ...rest } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  fs.writeFileSync(manifest, JSON.stringify({ ...rest, scripts: { ...scripts, [script]: 'true' } }, null, 2));
}
