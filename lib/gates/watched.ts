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
  groups: readonly ('fleet' | 'oneBox')[],
): Watched {
  const { alarms, oneBox, bakeRole } = environmentNames(delivery, environment);
  const of = { fleet: alarms, oneBox: oneBox.alarms };
  const names = { alarms: groups.flatMap((group) => Object.values(of[group])) };
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
