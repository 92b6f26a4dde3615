import type { AutoRollbackEvent } from '@aws-sdk/client-codedeploy';
import { validAlarms } from '../../../region/codedeploy/alarms';
import { DeploymentConfigs, validMinimum } from '../../../region/codedeploy/deployment-configs';
import { afterGroupSuccess } from '../../../region/codedeploy/instance-health';
import { IGNORABLE, isAgentEvent, lifecycleEvents } from '../../../region/codedeploy/lifecycle-events';
import { HealthConstraint, type MinimumHealthyHosts } from '../../../region/codedeploy/minimum-healthy-hosts';
import { configured } from '../../../region/codedeploy/rollback';
import deploymentLevel from '../../vectors/deployment-level.json';
import lifecycleOrder from '../../vectors/lifecycle-order.json';
import minHealthyHosts from '../../vectors/min-healthy-hosts.json';

type Vector = { id: string; provenance: string; [key: string]: any };

/** Vectors that are reported and not held to. */
const REPORTING_ONLY = ['derived-ambiguous', 'community', 'documented-conflict'];

const binding = (file: { vectors: object[] }, key: string, ...values: string[]): [string, Vector][] =>
  (file.vectors as Vector[])
    .filter((vector) => !REPORTING_ONLY.includes(vector.provenance) && values.includes(vector[key]))
    .map((vector) => [vector.id, vector]);

const configs = new DeploymentConfigs(() => 0);
const ruleOf = ({ config, type, value, minimumHealthy }: Vector): MinimumHealthyHosts => {
  if (typeof config === 'string') return configs.get(config).minimumHealthyHosts;
  return config ?? { type: type ?? 'HOST_COUNT', value: value ?? minimumHealthy };
};

describe('minimum healthy hosts', () => {
  test.each(binding(minHealthyHosts, 'kind', 'plan', 'predefined-plan', 'zonal-plan'))(
    '%s',
    (_id, vector) => {
      const constraint = new HealthConstraint(ruleOf(vector), vector.totalHosts);
      const { concurrency, minimumHealthy, minimumHealthyEffective, batches } = vector.expected;
      expect(constraint.room).toBe(concurrency);
      const minimum = minimumHealthy ?? minimumHealthyEffective;
      if (minimum !== undefined) expect(constraint.minimum).toBe(minimum);
      if (batches) {
        const played: number[] = [];
        for (let left = vector.totalHosts; left > 0; left -= played.at(-1)!) {
          const size = Math.min(left, constraint.room);
          for (let host = 0; host < size; host++) constraint.start();
          for (let host = 0; host < size; host++) constraint.end(true);
          played.push(size);
        }
        expect(played).toEqual(batches);
      }
    },
  );

  test.each(binding(minHealthyHosts, 'kind', 'outcome'))('%s', (_id, vector) => {
    const constraint = new HealthConstraint(ruleOf(vector), vector.totalHosts);
    const { results, expected } = vector;
    const { succeeded = 0, failed = 0, stopped = 0 } = results;
    const inOrder: string[] = Array.isArray(results)
      ? results
      : [...Array(succeeded).fill('S'), ...Array(failed + stopped).fill('F')];
    const waiting = [...inOrder];
    let attempted = 0;
    while (waiting.length > 0 && !constraint.violated) {
      const batch = waiting.splice(0, constraint.room);
      for (const _ of batch) constraint.start();
      for (const result of batch) constraint.end(result === 'S');
      attempted += batch.length;
    }
    if (expected.deployment) expect(constraint.satisfied).toBe(expected.deployment === 'Succeeded');
    if (expected.attempted) expect(attempted).toBe(expected.attempted);
    if (expected.stoppedCountsAs) expect(constraint.failures).toBe(stopped);
  });

  test.each(binding(minHealthyHosts, 'kind', 'config-validity'))('%s', (_id, { type, value, expected }) => {
    const check = () => validMinimum({ type, value }, 'minimumHealthyHosts');
    if (expected.valid) expect(check()).toEqual({ type, value });
    else expect(check).toThrow(expect.objectContaining({ code: 'InvalidMinimumHealthyHostValueException' }));
  });

  test.each(binding(minHealthyHosts, 'kind', 'health-update'))('%s', (_id, { expected }) => {
    expect(afterGroupSuccess('Current', true)).toBe(expected.currentSucceeded);
    expect(afterGroupSuccess('Current', false)).toBe(expected.currentFailed);
    for (const before of ['Old', 'Unknown'] as const) {
      expect(afterGroupSuccess(before, true)).toBe(expected.oldOrUnknownSucceeded);
      expect(afterGroupSuccess(before, false)).toBe(before);
    }
  });

  test('a deployment cannot start where all must stay healthy', () => {
    expect(new HealthConstraint({ type: 'HOST_COUNT', value: 3 }, 3).possible).toBe(false);
    expect(new HealthConstraint({ type: 'FLEET_PERCENT', value: 50 }, 1).possible).toBe(false);
    expect(new HealthConstraint({ type: 'MOST_CONCURRENCY', value: 1 }, 1).possible).toBe(true);
  });
});

describe('lifecycle events', () => {
  const OCCASIONS = {
    'in-place': 'in-place',
    'in-place-rollback': 'in-place',
    'autoscaling-launch': 'autoscaling-launch',
    'autoscaling-termination': 'autoscaling-termination',
  } as const;

  test.each(binding(lifecycleOrder, 'scenario', ...Object.keys(OCCASIONS)))('%s', (_id, vector) => {
    const occasion = OCCASIONS[vector.scenario as keyof typeof OCCASIONS];
    expect(lifecycleEvents(occasion, vector.loadBalancer)).toEqual(vector.expected);
  });

  test.each(binding(lifecycleOrder, 'scenario', 'scriptable'))('%s', (_id, { event, expected }) => {
    expect(lifecycleEvents('in-place', true)).toContain(event);
    // DownloadBundle is the agent's, but has no scripts.
    expect(isAgentEvent(event) && event !== 'DownloadBundle').toBe(expected);
  });

  test.each(binding(lifecycleOrder, 'scenario', 'ignoreApplicationStopFailures'))('%s', (_id, vector) => {
    const events = lifecycleEvents('in-place', true);
    expect(IGNORABLE.has(vector.failingEvent)).toBe(vector.flag);
    expect(events[events.indexOf(vector.failingEvent) + 1]).toBe(vector.expected.continuesWith);
  });
});

describe('deployments', () => {
  test.each(binding(deploymentLevel, 'kind', 'alarm-config'))('%s', (_id, { given, expected }) => {
    const check = () =>
      validAlarms({ enabled: given.enabled, alarms: given.alarms.map((name: string) => ({ name })) });
    if (expected.valid) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'InvalidAlarmConfigException' }));
  });

  const EVENTS: Record<string, AutoRollbackEvent> = {
    Failed: 'DEPLOYMENT_FAILURE',
    'Stopped by alarm': 'DEPLOYMENT_STOP_ON_ALARM',
    'Stopped by request': 'DEPLOYMENT_STOP_ON_REQUEST',
  };
  test.each(binding(deploymentLevel, 'kind', 'auto-rollback'))('%s', (_id, { given, expected }) => {
    const config = { enabled: true, events: given.events };
    expect(configured(config, EVENTS[given.outcome])).toBe(expected.rollback);
    expect(configured({ ...config, events: [EVENTS[given.outcome]!] }, EVENTS[given.outcome])).toBe(true);
  });
});
