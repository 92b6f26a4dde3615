import { CreateDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DisableStageTransitionCommand } from '@aws-sdk/client-codepipeline';
import { PublishCommand } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/guard/handler';
import { ago, alarmEvent, busy, Environment, endOf, NOW, SETTINGS } from './environment';
import 'aws-sdk-client-mock-jest';

let environment: Environment;

beforeEach(() => {
  process.env.AWS_REGION = 'us-east-1';
  process.env.GUARD = JSON.stringify(SETTINGS);
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  jest.spyOn(console, 'log').mockImplementation(() => {});
  environment = new Environment();
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Nothing was rolled back, nothing frozen, nobody told. */
function expectNothing(): void {
  expect(environment.rollbacks()).toEqual([]);
  expect(environment.transition).toEqual({ enabled: true });
  expect(environment.told).toEqual([]);
}

describe('an alarm goes off after a release', () => {
  beforeEach(() => {
    environment.deployed('good', { began: 600 });
    environment.commits[environment.deployed('bad', { began: 10 })] = 'c0ffee';
    environment.red('errors', 3);
  });

  test('the environment goes back to the last good revision, in spite of all that is red and broken', async () => {
    await handler(alarmEvent('errors'));

    expect(environment.rollbacks()).toEqual([
      {
        applicationName: 'harbor-prod',
        deploymentGroupName: 'harbor-prod',
        deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
        revision: environment.deployments.at(-1)!.revision,
        description: expect.stringMatching(/^Guard: rolls back d-2, alarm errors \(release d-2\)$/),
        overrideAlarmConfiguration: { enabled: false, alarms: [] },
        autoRollbackConfiguration: { enabled: false, events: [] },
        ignoreApplicationStopFailures: true,
        fileExistsBehavior: 'OVERWRITE',
      },
    ]);
  });

  test('the way into its stage is closed with a reason that a person can read', async () => {
    await handler(alarmEvent('errors'));

    expect(environment.codepipeline).toHaveReceivedCommandWith(DisableStageTransitionCommand, {
      pipelineName: 'tidegate-harbor',
      stageName: 'prod',
      transitionType: 'Inbound',
      reason:
        'Guard - commit c0ffee - d-2 set off errors - rolled back - a newer commit or a person lifts this',
    });
    const [call] = environment.codepipeline.commandCalls(DisableStageTransitionCommand);
    expect(await (call.thisValue as any).config.region()).toBe('eu-central-1');
  });

  test('the team is told once, with the cause and a link', async () => {
    await handler(alarmEvent('errors'));

    expect(environment.told).toEqual([
      {
        subject: 'harbor-prod: rolled back',
        message: [
          'Alarm: errors. errors: too many',
          'Release: commit c0ffee "Look the pass up", deployment d-2',
          'Done: rolled back harbor-prod by deployment d-3',
          'Way into the stage: closed, until a newer commit arrives at prod or a person opens it',
          '',
          'Deployment: https://us-east-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-3?region=us-east-1',
          'Logs: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Ftidegate$252Fharbor$252Fprod$252Finstances',
        ].join('\n'),
      },
    ]);
  });

  test('a duplicate of the event does nothing, during the rollback or after it', async () => {
    await handler(alarmEvent('errors'));
    await handler(alarmEvent('errors'));
    Object.assign(environment.deployments[0]!, { status: 'Succeeded', completeTime: ago(0) });
    await handler(alarmEvent('errors'));
    await handler(endOf('d-3'));

    expect(environment.rollbacks()).toHaveLength(1);
    expect(environment.told).toHaveLength(1);
  });

  test('the same event, delivered to two invocations at once, is told of once', async () => {
    await Promise.all([handler(alarmEvent('errors')), handler(alarmEvent('errors'))]);

    expect(environment.deployments).toHaveLength(3);
    expect(environment.told).toHaveLength(1);
  });

  test('an invocation that died before it told leaves that to the next, but not while it may still be alive', async () => {
    const description = 'Guard: rolls back d-2, alarm errors (release d-2)';
    environment.deployed('good', { began: 1, status: 'InProgress', description });
    environment.records.claim('d-2', 30);
    await handler(alarmEvent('errors'));
    expect(environment.told).toEqual([]);

    jest.setSystemTime(NOW + 60_000);
    await handler(alarmEvent('errors'));
    expect(environment.told).toMatchObject([{ subject: 'harbor-prod: rolled back' }]);
    expect(environment.transition.enabled).toBe(false);
  });

  test('a freeze that a person has lifted stays lifted when the event comes late', async () => {
    await handler(alarmEvent('errors'));
    environment.transition = { enabled: true };
    jest.setSystemTime(NOW + 30 * 60_000);
    await handler(alarmEvent('errors'));

    expect(environment.transition.enabled).toBe(true);
  });

  test('two alarms of the same minute are one incident, although both find the group free', async () => {
    environment.red('latency', 3);
    await Promise.all([handler(alarmEvent('errors')), handler(alarmEvent('latency'))]);

    expect(environment.codedeploy.commandCalls(CreateDeploymentCommand)).toHaveLength(2);
    expect(environment.deployments).toHaveLength(3);
    expect(environment.told).toHaveLength(1);
  });

  test('an invocation that failed after the rollback had begun is finished by its retry', async () => {
    environment.sns.on(PublishCommand).rejectsOnce(new Error('throttled')).resolves({});
    await expect(handler(alarmEvent('errors'))).rejects.toThrow('throttled');
    jest.setSystemTime(NOW + 60_000);
    await handler(alarmEvent('errors'));

    expect(environment.rollbacks()).toHaveLength(1);
    expect(environment.transition.enabled).toBe(false);
    expect(environment.sns).toHaveReceivedCommandTimes(PublishCommand, 2);
  });

  test('a group that an instance of Auto Scaling holds is tried again', async () => {
    environment.codedeploy.on(CreateDeploymentCommand).rejectsOnce(busy());

    await expect(handler(alarmEvent('errors'))).rejects.toThrow('A deployment group is busy');
    expect(environment.told).toEqual([]);
  });

  test('a person who has closed the way in keeps their reason, and the team is told of it', async () => {
    environment.transition = { enabled: false, disabledReason: 'see incident 42' };
    await handler(alarmEvent('errors'));

    expect(environment.transition.disabledReason).toBe('see incident 42');
    expect(environment.told[0]!.message).toContain('had been closed by a person, "see incident 42"');
  });

  test('the team is told even if the way in cannot be closed', async () => {
    environment.codepipeline.on(DisableStageTransitionCommand).rejects(new Error('no access'));
    await handler(alarmEvent('errors'));

    expect(environment.told[0]!.message).toContain('could not be closed, no access');
  });

  test('the stage of a pipeline in another account is reached with a role of that account', async () => {
    const roleArn = 'arn:aws:iam::222222222222:role/harbor-prod-freeze';
    process.env.GUARD = JSON.stringify({ ...SETTINGS, pipeline: { ...SETTINGS.pipeline, roleArn } });
    const sts = mockClient(STSClient);
    const Credentials = { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration: new Date() };
    sts.on(AssumeRoleCommand).resolves({ Credentials });
    await handler(alarmEvent('errors'));

    const [call] = environment.codepipeline.commandCalls(DisableStageTransitionCommand);
    expect(await (call.thisValue as any).config.credentials()).toMatchObject({ accessKeyId: 'A' });
    expect(sts).toHaveReceivedCommandWith(AssumeRoleCommand, { RoleArn: roleArn });
  });
});

describe('when it leaves alone what it sees', () => {
  beforeEach(() => environment.deployed('good', { began: 600 }));

  test('a deployment is running: CodeDeploy watches', async () => {
    environment.deployed('bad', { began: 1, status: 'InProgress' });
    environment.red('errors', 0.5);
    await handler(alarmEvent('errors'));
    expectNothing();
  });

  test('but the end of that deployment is an occasion to look', async () => {
    const bad = environment.deployed('bad', { began: 4 });
    environment.red('errors', 2.1);
    await handler(endOf(bad));
    expect(environment.rollbacks()).toHaveLength(1);
  });

  test('the newest deployment has failed: what to do is for CodeDeploy, or for a person', async () => {
    environment.deployed('bad', { began: 10 });
    environment.deployed('worse', { began: 5, status: 'Failed' });
    environment.red('errors', 3);
    await handler(alarmEvent('errors'));
    expectNothing();
  });

  test('the alarm was red before the release', async () => {
    environment.red('errors', 30);
    environment.deployed('bad', { began: 10 });
    await handler(alarmEvent('errors'));
    expectNothing();
  });

  test('the alarm was red when the release began, and has been quiet in between', async () => {
    environment.red('errors', 30);
    environment.deployed('bad', { began: 10 });
    environment.alarms.errors!.push(['OK', 7], ['ALARM', 3]);
    await handler(alarmEvent('errors'));
    expectNothing();
  });

  test('an alarm that was red before a release does not hide one that was not', async () => {
    environment.red('errors', 30);
    environment.deployed('bad', { began: 10 });
    environment.red('latency', 3);
    await handler(alarmEvent('latency'));
    expect(environment.rollbacks()).toHaveLength(1);
  });

  test('the event is old: a new release has come, and the alarm is quiet', async () => {
    environment.deployed('bad', { began: 30 });
    environment.alarms.errors!.push(['ALARM', 20], ['OK', 12]);
    environment.deployed('fix', { began: 10 });
    await handler(alarmEvent('errors'));
    expectNothing();
  });

  test('nothing has ever been released', async () => {
    environment.deployments.length = 0;
    environment.red('errors', 3);
    await handler(alarmEvent('errors'));
    expectNothing();
  });

  test('an instance that Auto Scaling launches is no release', async () => {
    environment.deployed('bad', { began: 10 });
    environment.deployed('bad', { began: 5, creator: 'autoscaling' });
    environment.red('errors', 3);
    await handler(alarmEvent('errors'));
    expect(environment.rollbacks()).toHaveLength(1);
  });
});

describe('when there is an alarm and no cure, it tells', () => {
  test('a first release: nothing to go back to, so that no more may come in', async () => {
    environment.commits[environment.deployed('first', { began: 10 })] = 'c0ffee';
    environment.red('errors', 3);
    environment.red('latency', 2);
    await handler(alarmEvent('errors'));
    await handler(alarmEvent('latency'));
    await handler(alarmEvent('errors'));

    expect(environment.rollbacks()).toEqual([]);
    expect(environment.transition.disabledReason).toMatch(/^Guard - commit c0ffee - d-1 set off errors /);
    expect(environment.told).toMatchObject([{ subject: 'harbor-prod: alarm, nothing to roll back to' }]);
  });

  test('a release that is older than the watch time', async () => {
    environment.deployed('good', { began: 600 });
    environment.deployed('old', { began: 62 });
    environment.red('errors', 1);
    await handler(alarmEvent('errors'));

    expect(environment.rollbacks()).toEqual([]);
    expect(environment.transition.enabled).toBe(true);
    expect(environment.told).toMatchObject([
      { message: expect.stringContaining('the release is 60 minutes old; the guard rolls back for 60') },
    ]);
  });

  test('of an alarm after the watch time once, whichever of its events come, at once, twice or late', async () => {
    environment.deployed('good', { began: 600 });
    const old = environment.deployed('old', { began: 62 });
    environment.red('errors', 1);
    environment.red('latency', 0.5);
    await Promise.all([handler(alarmEvent('latency')), handler(alarmEvent('errors'))]);
    await handler(alarmEvent('errors'));
    await handler(endOf(old));
    expect(environment.told).toMatchObject([{ subject: 'harbor-prod: alarm, not rolled back' }]);

    environment.alarms.errors!.push(['OK', 0.4], ['ALARM', 0.1]);
    environment.alarms.latency!.push(['OK', 0.3]);
    await handler(alarmEvent('errors'));
    expect(environment.told).toHaveLength(2);
  });

  test.each([
    [
      'CodeDeploy',
      { creator: 'codeDeployRollback', rollbackInfo: { rollbackTriggeringDeploymentId: 'd-2' } },
    ],
    ['the guard', { description: 'Guard: rolls back d-2, alarm errors (release d-2)' }],
    ['a person', {}],
  ] as const)('a rollback by %s: never rolled back itself', async (_, rollback) => {
    environment.deployed('good', { began: 600 });
    environment.deployed('bad', { began: 30 });
    environment.deployed('good', { began: 10, ...rollback });
    environment.records.record('d-2');
    environment.red('errors', 4);
    await handler(alarmEvent('errors'));
    expect(environment.told).toEqual([]); // it may still speak of what was rolled back, eight minutes ago

    environment.alarms.errors!.push(['OK', 3.5], ['ALARM', 2]);
    await handler(alarmEvent('errors'));
    expect(environment.rollbacks()).toEqual([]);
    expect(environment.told).toMatchObject([
      { message: expect.stringContaining('back on an earlier revision already') },
    ]);
  });

  test('its own rollback has failed: nobody else would notice', async () => {
    environment.deployed('good', { began: 600 });
    environment.deployed('bad', { began: 10 });
    const description = 'Guard: rolls back d-2, alarm errors (release d-2)';
    const errorInformation = { code: 'HEALTH_CONSTRAINTS', message: 'too many failed' } as const;
    const rollback = environment.deployed('good', {
      began: 5,
      status: 'Failed',
      description,
      errorInformation,
    });
    environment.red('errors', 7);
    await handler(endOf(rollback, 'FAILURE'));
    await handler(endOf(rollback, 'FAILURE'));

    expect(environment.rollbacks()).toEqual([]);
    expect(environment.told).toMatchObject([
      {
        subject: 'harbor-prod: the rollback has failed',
        message: expect.stringContaining('too many failed'),
      },
    ]);
  });
});

describe('the last good revision', () => {
  const rollbackTo = async () => {
    environment.red('errors', 3);
    await handler(alarmEvent('errors'));
    return environment.rollbacks().map(({ revision }) => revision?.s3Location?.key);
  };

  test('is not one that was rolled back, even if that has failed and a person has mended it', async () => {
    environment.deployed('good', { began: 900 });
    environment.deployed('bad', { began: 600 });
    const description = 'Guard: rolls back d-2, alarm errors (release d-2)';
    environment.deployed('good', { began: 590, status: 'Failed', description });
    environment.deployed('mended', { began: 10 });
    expect(await rollbackTo()).toEqual(['good']);
  });

  test('is not the same revision, deployed twice or brought to late instances', async () => {
    environment.deployed('good', { began: 900 });
    environment.deployed('bad', { began: 20 });
    environment.deployed('bad', { began: 10, creator: 'CodeDeployAutoUpdate' });
    expect(await rollbackTo()).toEqual(['good']);
  });

  test('is what a rollback has brought back', async () => {
    environment.deployed('good', { began: 900 });
    const bad = environment.deployed('bad', { began: 600, status: 'Stopped' });
    const rollbackInfo = { rollbackTriggeringDeploymentId: bad };
    environment.deployed('good', { began: 598, creator: 'codeDeployRollback', rollbackInfo });
    environment.deployed('bad again', { began: 10 });
    expect(await rollbackTo()).toEqual(['good']);
  });

  test('a revision that was rolled back and released again is rolled back again', async () => {
    environment.deployed('good', { began: 900 });
    const bad = environment.deployed('bad', { began: 600 });
    environment.deployed('good', {
      began: 590,
      description: `Guard: rolls back ${bad}, alarm errors (release ${bad})`,
    });
    environment.deployed('bad', { began: 10 });
    expect(await rollbackTo()).toEqual(['good']);
  });
});
