import { ReleasedService } from './released-service';

jest.setTimeout(60_000);

/** Production in another account and region than the pipeline and the app's own functions, which hear of it by its events. */
const PRODUCTION = { account: '333333333333', region: 'eu-west-1' };

let service: ReleasedService;

beforeAll(async () => {
  service = await ReleasedService.start(PRODUCTION);
});

const subjects = async () => (await service.told()).map(({ subject }) => subject);

test('a release that CodeDeploy has rolled back is restored, and the team of the environment is told', async () => {
  await service.release();
  await service.release({ fails: true });

  expect(await service.metrics()).toMatchObject({
    Changes: 2,
    ChangeFailures: 1,
    Deployments: 1,
    TimeToRestore: 1,
  });
  expect(await subjects()).toContain('harbor prod: rolled back');
  expect((await service.told()).find(({ subject }) => subject === 'harbor prod: rolled back')!.text).toMatch(
    /the release of \w{8} "Break it" by Ada Lovelace[\s\S]*https:\/\/eu-west-1\.console\.aws\.amazon\.com/,
  );
});

test('its events come in by the policy of the bus, and not without (the negative control)', async () => {
  const [{ TimeToRestore }, told] = [await service.metrics(), await subjects()];
  await service.call('events', 'RemovePermission', { RemoveAllPermissions: true });
  const { position } = service.region.journal;
  await service.release({ fails: true });
  await service.region.journal.waitFor(
    ({ type, message }) =>
      type === 'TargetFailed' && message.includes('does not let in aws.codedeploy of 333333333333'),
    { since: position },
  );

  expect(await service.metrics()).toMatchObject({ Changes: 3, ChangeFailures: 2, TimeToRestore });
  const rolledBack = (subject: string) => subject === 'harbor prod: rolled back';
  expect((await subjects()).filter(rolledBack)).toEqual(told.filter(rolledBack));
});
