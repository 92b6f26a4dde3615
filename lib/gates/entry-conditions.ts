import { Stack } from 'aws-cdk-lib';
import { type Conditions, Result, Rule } from 'aws-cdk-lib/aws-codepipeline';
import type { GateParameters } from '../../lambda/gate/parameters';
import type { Delivery, Wave } from '../config/delivery';
import { distinctWindows } from '../config/gates';
import { environmentNames } from '../names';
import type { JobFunction } from './job-function';
import { watched } from './watched';

/**
 * What a release has to pass to enter the stage of a wave: none of its environments has a red alarm or a freeze, and
 * their deployment windows are open. A window that is closed is waited for.
 *
 * @see docs/decisions/0006-the-gate-is-a-function.md for why the rule CloudWatchAlarm is not used
 */
export function entryConditions(delivery: Delivery, { environments }: Wave, gate: JobFunction): Conditions {
  const parameters: GateParameters = {
    environments: environments.map((environment) => ({
      name: environment.name,
      stack:
        environment.account === delivery.account ? undefined : environmentNames(delivery, environment).stack,
      ...watched(delivery, environment, gate, environment.oneBox ? ['fleet', 'oneBox'] : ['fleet']),
      freezes: environment.freezes.length > 0 ? environment.freezes : undefined,
    })),
  };
  const blockers = rule('Blockers', 'LambdaInvoke', {
    FunctionName: gate.function.functionName,
    UserParameters: Stack.of(gate).toJsonString(parameters),
  });
  const windows = distinctWindows(environments).map(({ cron, timeZone }, index) =>
    rule(`Window${index + 1}`, 'DeploymentWindow', { Cron: cron, TimeZone: timeZone }),
  );
  return { conditions: [{ result: Result.FAIL, rules: [blockers, ...windows] }] };
}

/** Name and version are optional in the construct and needed by the service. */
function rule(name: string, provider: string, configuration: Record<string, string>): Rule {
  return new Rule({ name, provider, version: '1', configuration });
}
