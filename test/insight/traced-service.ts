import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { checkDescription } from '../../lib/config/check';
import type { DeliveryDescription } from '../../lib/config/description';
import { ServiceStack } from '../../lib/environment/service-stack';
import { environmentNames } from '../../lib/names';
import { ScaledClock } from '../../region/clock/clock';
import { Region } from '../../region/region';
import { atEnd, temporaryFolder } from '../support/folder';
import { bootstrap, createStacks, HOME } from '../support/stacks';
import { FLAGS } from '../support/synthesize';

export const REVISION = '3f2a91c0';

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
