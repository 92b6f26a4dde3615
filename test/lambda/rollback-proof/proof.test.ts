import { StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { describeProof } from '../../../lambda/proof';
import { Fleet } from '../../../lambda/rollback-proof/fleet';
import { RollbackProof } from '../../../lambda/rollback-proof/proof';
import { FakeFleet, failedStop, revision, SETTINGS } from './fleet';

/** Waits end at once, unless they are aborted. */
jest.mock('node:timers/promises', () => ({
  setTimeout: async (_ms: number, _value: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  },
}));

/** Load whose requests fail in one phase. */
class FakeLoad {
  phase = 'before';
  running = false;
  failsIn?: string;
  start = () => {
    this.running = true;
  };
  stop = async () => {
    this.running = false;
  };
  describe = () => '120 requests were answered';
  expectNoFailure = () => {
    if (this.phase === this.failsIn) throw new Error(`3 of 120 requests failed: GET / 502 ${this.phase} (3)`);
  };
  expectEnough = this.expectNoFailure;
}

let fleet: FakeFleet;
let load: FakeLoad;
let stop: AbortController;

beforeEach(() => {
  fleet = new FakeFleet();
  fleet.deployed('v1');
  load = new FakeLoad();
  stop = new AbortController();
});

const prove = (key = 'v2', settings = SETTINGS) =>
  new RollbackProof(settings, new Fleet(settings), load as any, () => {}).run(
    { revision: revision(key), executionId: 'e1' },
    stop.signal,
  );

/** Resolves when the new revision is on half of the fleet. */
async function held(): Promise<void> {
  while (load.phase !== 'with half of the fleet on the new revision') await new Promise(setImmediate);
}

test('to the first zone and, by a rollback of CodeDeploy, back: proven', async () => {
  expect(await prove()).toBe('Proven: this release can be taken back. 120 requests were answered');
  expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Stopped', 'rollback to v1 Succeeded']);
  expect(fleet.created()).toEqual([
    {
      applicationName: 'harbor-gamma',
      deploymentGroupName: 'harbor-gamma',
      deploymentConfigName: 'harbor-gamma-min-50-percent-zonal-300-300',
      revision: revision('v2'),
      description: describeProof('e1'),
    },
  ]);
  expect(fleet.codedeploy).toHaveReceivedCommandWith(StopDeploymentCommand, { autoRollbackEnabled: true });
  const statuses = Object.values(fleet.deployments[1]!.targets).map(({ status }) => status);
  expect(statuses).toEqual(['Succeeded', 'Succeeded', 'Pending', 'Pending']);
  expect(load.running).toBe(false);
});

test('a group that is busy, as with an instance that is launched, is waited for', async () => {
  fleet.busy = 3;
  await prove();
  expect(fleet.created()).toHaveLength(4);
  expect(fleet.story.at(-1)).toBe('rollback to v1 Succeeded');
});

describe('nothing to prove', () => {
  test('a first release', async () => {
    fleet.deployments.length = 0;
    expect(await prove()).toMatch(/a first release has nothing to go back to/);
    expect(fleet.created()).toEqual([]);
  });

  test('a revision that the fleet has already, as when a stage is retried as a whole', async () => {
    expect(await prove('v1')).toMatch(/the fleet is on this revision already/);
    expect(fleet.created()).toEqual([]);
  });
});

test('a fleet in one zone has no half: nothing is deployed', async () => {
  for (const id of Object.keys(fleet.zones)) fleet.zones[id] = 'a';
  await expect(prove()).rejects.toThrow(
    'a fleet is halved by its availability zones, and its 4 instances are in a. The fleet is on the revision before',
  );
  expect(fleet.created()).toEqual([]);
});

describe('a release that fails', () => {
  test('on the way there, by a script: the message names instance, event, script and output; the fleet is put back', async () => {
    fleet.there = { target: { status: 'Failed', lifecycleEvents: [failedStop] } };
    await expect(prove()).rejects.toThrow(
      'Not proven that this release can be taken back: on the way there, i-1 in ApplicationStop (stop.sh): exit code 1, ' +
        'its output: no pid. The fleet was put back on the revision before, by deployment d-3',
    );
    expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Stopped', 'v1 Succeeded']);
    expect(fleet.created()[1]).toEqual({
      applicationName: 'harbor-gamma',
      deploymentGroupName: 'harbor-gamma',
      deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
      revision: revision('v1'),
      description: 'Rollback proof: puts the fleet back after d-2',
      overrideAlarmConfiguration: { enabled: false, alarms: [] },
      autoRollbackConfiguration: { enabled: false, events: [] },
      ignoreApplicationStopFailures: true,
      fileExistsBehavior: 'OVERWRITE',
    });
  });

  test('on the way there, as a whole: CodeDeploy has rolled it back, and that is left to it', async () => {
    fleet.there = { status: 'Failed' };
    await expect(prove()).rejects.toThrow(
      'on the way there, deployment d-2 failed: too few. The fleet is on the revision before',
    );
    expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Failed', 'rollback to v1 Succeeded']);
  });

  test('by an alarm while half of the fleet serves it', async () => {
    fleet.there = { status: 'Stopped' };
    await expect(prove()).rejects.toThrow('deployment d-2 stopped');
    expect(fleet.story.at(-1)).toBe('rollback to v1 Succeeded');
  });

  test('by a request while half of the fleet serves it', async () => {
    load.failsIn = 'with half of the fleet on the new revision';
    await expect(prove()).rejects.toThrow(
      '3 of 120 requests failed: GET / 502 with half of the fleet on the new revision (3). The fleet was put back',
    );
    expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Stopped', 'v1 Succeeded']);
  });

  test('by a request on the way back, although the rollback succeeds', async () => {
    load.failsIn = 'on the way back';
    await expect(prove()).rejects.toThrow('on the way back (3). The fleet is on the revision before');
    expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Stopped', 'rollback to v1 Succeeded']);
  });

  test('on the way back: the fleet is put back in spite of it', async () => {
    fleet.back = { status: 'Failed', target: { status: 'Failed', lifecycleEvents: [failedStop] } };
    await expect(prove()).rejects.toThrow(
      'on the way back, deployment d-3 failed: i-1 in ApplicationStop (stop.sh): exit code 1, its output: no pid; ',
    );
    expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Stopped', 'rollback to v1 Failed', 'v1 Succeeded']);
  });

  test('on the way back, by a script whose failure that rollback ignored: the next one may not', async () => {
    fleet.back = { target: { status: 'Succeeded', lifecycleEvents: [failedStop] } };
    await expect(prove()).rejects.toThrow(
      'on the way back, deployment d-3 succeeded: i-1 in ApplicationStop',
    );
  });

  test('and cannot be put back: the message calls for a person', async () => {
    fleet.back = { status: 'Failed' };
    fleet.putBack = { status: 'Failed' };
    await expect(prove()).rejects.toThrow(
      'The fleet could NOT be put back, instances may differ: deployment d-4 failed: too few',
    );
  });
});

test('a deployment that does not hold after the first zone proves nothing: the fleet is put back', async () => {
  fleet.there = { status: 'Succeeded' };
  await expect(prove()).rejects.toThrow('deployment d-2 succeeded: it did not hold after the first zone');
  expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Succeeded', 'v1 Succeeded']);
});

test('nor does one that goes on to the next zone while half of the fleet should serve', async () => {
  const waiting = prove('v2', { ...SETTINGS, minutes: 60 });
  await held();
  fleet.deployments[0]!.targets['i-3'] = { status: 'InProgress' };
  await expect(waiting).rejects.toThrow('deployment d-2 went on to the next zone. The fleet was put back');
});

test('a build that is stopped puts the fleet back', async () => {
  const waiting = prove('v2', { ...SETTINGS, minutes: 60 });
  await held();
  stop.abort();
  await expect(waiting).rejects.toThrow('the build was stopped. The fleet was put back');
  expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Stopped', 'v1 Succeeded']);
});

describe('what a proof has left behind whose build was killed', () => {
  test('holding after the first zone: it is stopped and put back, then the next release is proven', async () => {
    fleet.deployed('v2', { status: 'InProgress', description: describeProof('e0') });
    expect(await prove('v3')).toMatch(/^Proven/);
    expect(fleet.story).toEqual([
      'v1 Succeeded',
      'v2 Stopped',
      'v1 Succeeded',
      'v3 Stopped',
      'rollback to v1 Succeeded',
    ]);
  });

  test('gone through the fleet: the unproven revision is not what the next one goes back to', async () => {
    fleet.deployed('v2', { description: describeProof('e0') });
    expect(await prove('v3')).toMatch(/^Proven/);
    expect(fleet.story.slice(2)).toEqual(['v1 Succeeded', 'v3 Stopped', 'rollback to v1 Succeeded']);
  });

  test('that cannot be put back ends the next proof before it begins', async () => {
    fleet.deployed('v2', { description: describeProof('e0') });
    fleet.putBack = { status: 'Failed' };
    await expect(prove('v3')).rejects.toThrow(
      'could NOT be put back, instances may differ: deployment d-3 failed',
    );
    expect(fleet.story).toEqual(['v1 Succeeded', 'v2 Succeeded', 'v1 Failed']);
  });

  test('the same revision again is proven, although the fleet has it', async () => {
    fleet.deployed('v2', { description: describeProof('e0') });
    expect(await prove('v2')).toMatch(/^Proven/);
  });
});

test('an environment in another account is reached with a role there', async () => {
  const sts = mockClient(STSClient);
  const Credentials = {
    AccessKeyId: 'A',
    SecretAccessKey: 'S',
    SessionToken: 'T',
    Expiration: new Date(4e12),
  };
  sts.on(AssumeRoleCommand).resolves({ Credentials });
  const roleArn = 'arn:aws:iam::222222222222:role/harbor-gamma-proof-eu-central-1';
  await prove('v2', { ...SETTINGS, roleArn });

  for (const mock of [fleet.codedeploy, fleet.autoscaling]) {
    const [call] = mock.calls();
    expect(await (call!.thisValue as any).config.credentials()).toMatchObject({ accessKeyId: 'A' });
  }
  expect(sts).toHaveReceivedCommandWith(AssumeRoleCommand, { RoleArn: roleArn });
});
