import { failed, fakeFleet } from './fake-fleet';

const BEHIND_A_LOAD_BALANCER = {
  deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
  loadBalancerInfo: { targetGroupInfoList: [{ name: 'targets' }] },
};
const ALARM = { alarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }] } };
const ROLLBACK = {
  autoRollbackConfiguration: {
    enabled: true,
    events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  },
};

describe('an in-place deployment', () => {
  test('goes to one instance after the other and succeeds', async () => {
    const { deploy, commands, instanceIds, installed } = await fakeFleet({ size: 3 });
    const info = await deploy('v1');
    expect(info).toMatchObject({
      status: 'Succeeded',
      creator: 'user',
      deploymentConfigName: 'CodeDeployDefault.OneAtATime',
      deploymentOverview: { Succeeded: 3, Failed: 0, Pending: 0 },
    });
    expect(instanceIds().map(installed)).toEqual(['v1', 'v1', 'v1']);
    const order = commands.map((command) => command.instanceId);
    expect(new Set(order.filter((id, index) => id !== order[index - 1])).size).toBe(3);
    expect(order.filter((id, index) => id !== order[index - 1])).toHaveLength(3);
  });

  test('takes each instance out of the load balancer and puts it back', async () => {
    const { deploy, traffic, registered, instanceIds, call } = await fakeFleet({
      group: BEHIND_A_LOAD_BALANCER,
    });
    for (const id of instanceIds()) registered.add(id);
    const { deploymentId } = await deploy('v1');
    const { targetIds } = call('ListDeploymentTargets', { deploymentId });
    expect(traffic).toEqual(targetIds.flatMap((id: string) => [`block ${id}`, `allow ${id}`]));
    const { deploymentTargets } = call('BatchGetDeploymentTargets', { deploymentId, targetIds });
    const events = deploymentTargets[0].instanceTarget.lifecycleEvents;
    expect(events.map((event: any) => event.lifecycleEventName)).toContain('BlockTraffic');
    expect(new Set(events.map((event: any) => event.status))).toEqual(new Set(['Succeeded']));
  });

  test('fails the instance that is not healthy within an hour', async () => {
    const { start, fleet, scope, codedeploy } = await fakeFleet({ group: BEHIND_A_LOAD_BALANCER });
    fleet.healthy = () => new Promise(() => {});
    const ended = codedeploy.finished(await start('v1'));
    await scope.clock.advance(3_599_000);
    expect(codedeploy.deployments.all()[0]!.status).toBe('InProgress');
    await scope.clock.advance(1_000);
    expect((await ended).errorInformation?.message).toMatch(/AllowTraffic.*not healthy within an hour/);
  });

  test('stops at the first failure where one more may not fail, and names the script', async () => {
    const { deploy, fleet, call } = await fakeFleet({ size: 3 });
    fleet.behaviour = ({ event }) =>
      event === 'AfterInstall' ? failed('no such file', 'scripts/start.sh', 'ScriptMissing') : undefined;
    const info = await deploy('v1');
    expect(info).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'HEALTH_CONSTRAINTS' },
      deploymentOverview: { Failed: 1, Skipped: 2 },
    });
    expect(info.errorInformation!.message).toContain('AfterInstall scripts/start.sh');
    const { targetIds } = call('ListDeploymentTargets', {
      deploymentId: info.deploymentId,
      targetFilters: { TargetStatus: ['Failed'] },
    });
    const { deploymentTarget } = call('GetDeploymentTarget', {
      deploymentId: info.deploymentId,
      targetId: targetIds[0],
    });
    const statuses = Object.fromEntries(
      deploymentTarget.instanceTarget.lifecycleEvents.map((one: any) => [one.lifecycleEventName, one.status]),
    );
    expect(statuses).toMatchObject({
      Install: 'Succeeded',
      AfterInstall: 'Failed',
      ApplicationStart: 'Skipped',
    });
  });

  test('is the only one in its group', async () => {
    const { start, fleet } = await fakeFleet();
    fleet.behaviour = () => new Promise(() => {});
    await start('v1');
    await expect(start('v2')).rejects.toMatchObject({ code: 'DeploymentLimitExceededException' });
  });

  test('needs instances', async () => {
    const { deploy } = await fakeFleet({ size: 0 });
    expect(await deploy('v1')).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'NO_INSTANCES' },
    });
  });

  test('fails an instance that goes away in the middle', async () => {
    const { deploy, fleet, ec2 } = await fakeFleet();
    fleet.behaviour = ({ event }, instanceId) =>
      event === 'BeforeInstall'
        ? ec2
            .host(instanceId)
            .terminate()
            .then(() => new Promise<never>(() => {}))
        : undefined;
    const info = await deploy('v1');
    expect(info.errorInformation?.message).toMatch(/BeforeInstall: the instance ended/);
  });

  test('lets a failing ApplicationStop pass when told to', async () => {
    const { deploy, fleet } = await fakeFleet();
    fleet.behaviour = ({ event }) => (event === 'ApplicationStop' ? failed('no') : undefined);
    expect((await deploy('v1')).status).toBe('Failed');
    expect((await deploy('v1', { ignoreApplicationStopFailures: true })).status).toBe('Succeeded');
  });

  test('tells EventBridge and the topics of the triggers', async () => {
    const { deploy, events, messages } = await fakeFleet({
      size: 1,
      group: {
        triggerConfigurations: [
          { triggerName: 'tell', triggerTargetArn: 'arn:topic', triggerEvents: ['DeploymentSuccess'] },
        ],
      },
    });
    const { deploymentId } = await deploy('v1');
    const states = events
      .filter((event) => event.detailType === 'CodeDeploy Deployment State-change Notification')
      .map((event) => event.detail);
    expect(states).toEqual([
      expect.objectContaining({ state: 'START', deploymentId, application: 'app', deploymentGroup: 'group' }),
      expect.objectContaining({ state: 'SUCCESS', deploymentId }),
    ]);
    expect(messages).toEqual([expect.objectContaining({ TopicArn: 'arn:topic' })]);
    expect(JSON.parse(messages[0].Message)).toMatchObject({ deploymentId, status: 'Succeeded' });
  });
});

describe('alarms', () => {
  test('stop a running deployment, which is rolled back as a new deployment', async () => {
    const { deploy, start, fleet, alarms, scope, codedeploy, instanceIds, installed } = await fakeFleet({
      group: { ...ALARM, ...ROLLBACK },
    });
    alarms.set('errors', 'OK');
    await deploy('v1');
    let release = () => {};
    fleet.behaviour = ({ event, bundle }) =>
      event === 'ApplicationStart' && bundle.key === 'v2'
        ? new Promise((resolve) => {
            release = () => resolve({ status: 'Succeeded' });
          })
        : undefined;
    const bad = await start('v2');
    await scope.clock.advance(10_000);
    alarms.set('errors', 'ALARM');
    await scope.clock.advance(10_000);
    release();
    const info = await codedeploy.finished(bad);
    expect(info).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
    const rollback = await codedeploy.finished(info.rollbackInfo!.rollbackDeploymentId!);
    expect(rollback).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      revision: { s3Location: { key: 'v1' } },
      rollbackInfo: { rollbackTriggeringDeploymentId: bad },
    });
    expect(instanceIds().map(installed)).toEqual(['v1', 'v1']);
    expect(scope.journal.entries(({ type }) => type === 'RollbackStarted')).toHaveLength(1);
  });

  test.each([
    ['ignored', 'Succeeded'],
    ['watched', 'Stopped'],
  ] as const)('that are %s by a rollback while red leave it %s', async (rollbackAlarms, status) => {
    const { deploy, alarms, codedeploy, scope } = await fakeFleet({
      group: { ...ALARM, ...ROLLBACK },
      rollbackAlarms,
    });
    alarms.set('errors', 'OK');
    await deploy('v1');
    alarms.set('errors', 'ALARM');
    const { rollbackInfo } = await deploy('v2');
    const rollback = await codedeploy.finished(rollbackInfo!.rollbackDeploymentId!);
    expect(rollback.status).toBe(status);
    const [started] = scope.journal.entries(({ type }) => type === 'RollbackStarted');
    expect(started!.detail.alarms).toBe(rollbackAlarms);
  });

  test('block the deployment that would mend them unless overridden', async () => {
    const { deploy, alarms } = await fakeFleet({ group: ALARM });
    alarms.set('errors', 'ALARM');
    expect(await deploy('v1')).toMatchObject({
      status: 'Stopped',
      errorInformation: { code: 'ALARM_ACTIVE' },
    });
    const info = await deploy('v1', { overrideAlarmConfiguration: { enabled: false } });
    expect(info.status).toBe('Succeeded');
  });

  test('that cannot be had stop a deployment only where that matters', async () => {
    const strict = await fakeFleet({ group: ALARM });
    expect((await strict.deploy('v1')).status).toBe('Stopped');
    const lenient = await fakeFleet({
      group: { alarmConfiguration: { ...ALARM.alarmConfiguration, ignorePollAlarmFailure: true } },
    });
    expect((await lenient.deploy('v1')).status).toBe('Succeeded');
  });
});

describe('rollback', () => {
  test('of a failed deployment brings the last good revision back, with its file_exists_behavior', async () => {
    const { deploy, fleet, codedeploy, instanceIds, installed } = await fakeFleet({ group: ROLLBACK });
    await deploy('v1', { fileExistsBehavior: 'RETAIN' });
    fleet.behaviour = ({ event, bundle }) =>
      event === 'ValidateService' && bundle.key === 'v2' ? failed('not well') : undefined;
    const info = await deploy('v2', { fileExistsBehavior: 'OVERWRITE' });
    expect(info.status).toBe('Failed');
    const rollback = await codedeploy.finished(info.rollbackInfo!.rollbackDeploymentId!);
    expect(rollback).toMatchObject({ status: 'Succeeded', fileExistsBehavior: 'RETAIN' });
    expect(instanceIds().map(installed)).toEqual(['v1', 'v1']);
  });

  test('has nothing to go back to on a first deployment', async () => {
    const { deploy, fleet, call } = await fakeFleet({ group: ROLLBACK });
    fleet.behaviour = ({ event }) => (event === 'Install' ? failed('no') : undefined);
    const info = await deploy('v1');
    expect(info.rollbackInfo).toEqual({
      rollbackMessage: expect.stringContaining('nothing to roll back to'),
    });
    expect(call('ListDeployments', {}).deployments).toHaveLength(1);
  });

  test('is not rolled back again', async () => {
    const { deploy, fleet, codedeploy, call } = await fakeFleet({ group: ROLLBACK });
    await deploy('v1');
    fleet.behaviour = ({ event }) => (event === 'Install' ? failed('disk full') : undefined);
    const { rollbackInfo } = await deploy('v2');
    expect((await codedeploy.finished(rollbackInfo!.rollbackDeploymentId!)).status).toBe('Failed');
    expect(call('ListDeployments', {}).deployments).toHaveLength(3);
  });

  test.each([
    [true, 2],
    [false, 1],
  ])('on a stop request with autoRollbackEnabled %s', async (autoRollbackEnabled, deployments) => {
    const { deploy, start, fleet, call, codedeploy } = await fakeFleet({ group: ROLLBACK });
    await deploy('v1');
    let release = () => {};
    const running = new Promise<void>((resolve) => {
      fleet.behaviour = ({ event, bundle }) =>
        event === 'Install' && bundle.key === 'v2'
          ? new Promise((end) => {
              release = () => end({ status: 'Succeeded' });
              resolve();
            })
          : undefined;
    });
    const deploymentId = await start('v2');
    await running;
    call('StopDeployment', { deploymentId, autoRollbackEnabled });
    release();
    const info = await codedeploy.finished(deploymentId);
    expect(info).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
    expect(call('ListDeployments', {}).deployments).toHaveLength(1 + deployments);
    expect(() => call('StopDeployment', { deploymentId })).toThrow(
      expect.objectContaining({ code: 'DeploymentAlreadyCompletedException' }),
    );
  });
});

describe('the order of instances', () => {
  test('begins with those whose last deployment failed', async () => {
    const { deploy, fleet, commands } = await fakeFleet({ size: 3 });
    await deploy('v1');
    const last = commands.at(-1)!.instanceId;
    // Where only the last instance fails, the deployment succeeds.
    fleet.behaviour = ({ event }, id) => (event === 'Install' && id === last ? failed('no') : undefined);
    expect((await deploy('v2')).status).toBe('Succeeded');
    fleet.behaviour = () => undefined;
    commands.length = 0;
    await deploy('v3');
    expect(commands[0]!.instanceId).toBe(last);
  });
});
