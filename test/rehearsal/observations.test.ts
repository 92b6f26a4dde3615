import type { JournalEntry } from '../../region/journal/journal';
import {
  alarmTransitions,
  deployments,
  executionsStarted,
  failedActions,
  mostHostsOutAtOnce,
} from '../../rehearsal/observations';

let seq = 0;
const entry = (type: string, subject: string, detail: Record<string, unknown> = {}): JournalEntry => ({
  seq: ++seq,
  time: '2026-01-01T00:00:00.000Z',
  wall: seq * 1000,
  source: 'test',
  type,
  subject,
  message: '',
  detail,
});
const lifecycle = (host: string, event: string, status: string, deploymentId = 'd-1') =>
  entry('LifecycleEvent', host, { deploymentId, event, status });
const state = (id: string, deploymentGroupName: string, status: string, more = {}) =>
  entry('DeploymentStateChange', id, { deploymentGroupName, status, creator: 'user', ...more });

describe('hosts out of service at once', () => {
  const out = (host: string, id?: string) => lifecycle(host, 'BlockTraffic', 'InProgress', id);
  const back = (host: string, id?: string) => lifecycle(host, 'AllowTraffic', 'Succeeded', id);

  test('one after the other is one', () => {
    expect(mostHostsOutAtOnce([out('a'), back('a'), out('b'), back('b')], new Set(['d-1']))).toBe(1);
  });

  test('an overlap counts', () => {
    expect(mostHostsOutAtOnce([out('a'), out('b'), back('a'), back('b')], new Set(['d-1']))).toBe(2);
  });

  test('other deployments do not', () => {
    expect(mostHostsOutAtOnce([out('a'), out('b', 'd-2'), back('b', 'd-2')], new Set(['d-1']))).toBe(1);
  });
});

test('deployments: the last state of each to that environment, in the order of their start', () => {
  const entries = [
    state('d-1', 'shop-prod', 'InProgress'),
    state('d-2', 'shop-beta', 'InProgress'),
    state('d-1', 'shop-prod', 'Stopped', { errorInformation: { code: 'ALARM_ACTIVE' } }),
    state('d-3', 'shop-prod', 'Succeeded', { creator: 'codeDeployRollback' }),
  ];
  expect(
    deployments(entries, 'shop', 'prod').map(({ id, status, creator, error }) => [
      id,
      status,
      creator,
      error,
    ]),
  ).toEqual([
    ['d-1', 'Stopped', 'user', 'ALARM_ACTIVE'],
    ['d-3', 'Succeeded', 'codeDeployRollback', undefined],
  ]);
});

test('counts executions, names failed actions, finds alarm transitions', () => {
  const entries = [
    entry('PipelineStarted', 'p'),
    entry('ActionFailed', 'p', { stage: 'prod', action: 'Deploy' }),
    entry('AlarmStateChange', 'errors', { to: 'ALARM' }),
    entry('PipelineStarted', 'p'),
  ];
  expect(executionsStarted(entries)).toBe(2);
  expect(failedActions(entries)).toEqual(['prod / Deploy']);
  expect(alarmTransitions(entries).map(({ subject }) => subject)).toEqual(['errors']);
});
