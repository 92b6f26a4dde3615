import { Stack } from 'aws-cdk-lib';
import type { Watched } from '../../lambda/watched';
import type { Delivery, Environment } from '../config/delivery';
import { environmentNames } from '../names';
import type { JobFunction } from './job-function';

/** The alarms of an environment, and how a function in the pipeline's account reaches them: it may, from here on. */
export function watched(
  delivery: Delivery,
  environment: Environment,
  job: JobFunction,
  group: 'fleet' | 'oneBox' = 'fleet',
): Watched {
  const { alarms, oneBox, bakeRole } = environmentNames(delivery, environment);
  const names = { alarms: Object.values(group === 'oneBox' ? oneBox.alarms : alarms) };
  const region = environment.region === delivery.region ? undefined : environment.region;
  if (environment.account === delivery.account) return { ...names, region };

  const roleArn = Stack.of(job).formatArn({
    service: 'iam',
    region: '',
    account: environment.account,
    resource: 'role',
    resourceName: bakeRole,
  });
  job.grantAssume(roleArn);
  return { ...names, region, roleArn };
}
