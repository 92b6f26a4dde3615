import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { checkDescription } from '../../lib/config/check';
import type { DeliveryDescription } from '../../lib/config/description';
import { ServiceStack } from '../../lib/environment/service-stack';
import { environmentNames } from '../../lib/names';
import { ScaledClock } from '../../region/clock/clock';
import { Region } from '../../region/region';
import { zipOf } from '../../region/zip/zip';
import { atEnd, temporaryFolder } from '../support/folder';
import { bootstrap, createStacks, HOME } from '../support/stacks';
import { FLAGS } from '../support/synthesize';

const SERVICE = path.join(__dirname, '../../service');
export const REVISION = '3f2a91c0';

/** The sample service, built as its buildspec does: a revision that CodeDeploy takes. */
export async function buildService(): Promise<Buffer> {
  const folder = temporaryFolder('service');
  const left = /(node_modules|build|revision)$/;
  fs.cpSync(SERVICE, folder, { recursive: true, filter: (entry) => !left.test(entry) });
  for (const command of ['ci --prefer-offline', 'run build'])
    execFileSync('npm', [...command.split(' '), '--silent', '--prefix', folder]);
  const built = path.join(folder, 'revision');
  fs.writeFileSync(path.join(built, 'REVISION'), `${REVISION}\n`);
  const files = fs.readdirSync(built, { recursive: true, encoding: 'utf8' });
  const entries = files
    .filter((name) => fs.statSync(path.join(built, name)).isFile())
    .map((name) => {
      const content = fs.readFileSync(path.join(built, name));
      return [name, { content, mode: name.endsWith('.sh') ? 0o755 : 0o644 }];
    });
  return zipOf(Object.fromEntries(entries));
}

/** Production as the app declares it, with real hosts behind a real load balancer. */
export class TracedService {
  private constructor(
    readonly region: Region,
    readonly url: string,
    private readonly names: ReturnType<typeof environmentNames>,
  ) {}

  static async start(revision: Buffer, tracing: DeliveryDescription['tracing']): Promise<TracedService> {
    const folder = temporaryFolder('tracing');
    const region = await Region.start({ folder: path.join(folder, 'region'), clock: new ScaledClock(120) });
    atEnd(() => region.stop());
    const environments = [{ name: 'prod', capacity: { min: 2, max: 2 } }];
    const delivery = checkDescription({ service: 'harbor', tracing, ...HOME, environments }, 'delivery.ts');
    const environment = delivery.environments[0]!;
    const app = new App({ outdir: path.join(folder, 'assembly'), context: FLAGS, analyticsReporting: false });
    new ServiceStack(app, 'Service', { delivery, environment, env: HOME });
    await bootstrap(region);
    const { Url } = await createStacks(region, app);
    const service = new TracedService(region, Url!, environmentNames(delivery, environment));
    await region.home.service('s3').operations.CreateBucket!({ Bucket: 'releases' });
    await region.home.service('s3').write('releases', 'revision.zip', revision);
    await service.deploy();
    return service;
  }

  /** Deploys the revision, and so stops the one that is there, which sends what it has traced. */
  async deploy(): Promise<void> {
    const codedeploy = this.region.home.service('codedeploy');
    const { deploymentId } = (await codedeploy.operations.CreateDeployment!({
      applicationName: this.names.application,
      deploymentGroupName: this.names.deploymentGroup,
      revision: {
        revisionType: 'S3',
        s3Location: { bucket: 'releases', key: 'revision.zip', bundleType: 'zip' },
      },
    })) as { deploymentId: string };
    const { status, errorInformation } = await codedeploy.finished(deploymentId);
    if (status !== 'Succeeded') throw new Error(`${status}: ${errorInformation?.message}`);
  }
}
