import { PlayedFleet } from './played-fleet';

/** Real hosts, a real load balancer, measured metrics, steady traffic: releases and a rollback, end to end. */
let fleet: PlayedFleet;

beforeAll(async () => {
  fleet = await PlayedFleet.start();
}, 60_000);

test('a good release replaces the fleet and not one request fails', async () => {
  const { traffic } = fleet;
  await fleet.publish('v2');
  traffic.length = 0;
  expect(await fleet.release('v2')).toMatchObject({
    status: 'Succeeded',
    deploymentOverview: { Succeeded: 2 },
  });
  expect(traffic.length).toBeGreaterThan(20);
  expect(traffic.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(traffic.map(({ revision }) => revision))).toEqual(new Set(['v1', 'v2']));
});

test('a release that fails only on some requests is stopped by the alarm and rolled back', async () => {
  const { traffic } = fleet;
  await fleet.publish('v3', { fails: "request.url === '/quote'" });
  // CloudWatch needs a minute to see it, so the first instance has to serve that long before the second has gone.
  await fleet.drainFor(150);
  traffic.length = 0;
  const info = await fleet.release('v3');
  expect(info).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
  const rollback = await fleet.finished(info.rollbackInfo!.rollbackDeploymentId!);
  expect(rollback).toMatchObject({ status: 'Succeeded', revision: { s3Location: { key: 'v2.zip' } } });
  // What is never answered by the load balancer itself: the bad revision failed, the road did not.
  expect(new Set(traffic.map(({ status }) => status))).toEqual(new Set([200, 500]));
  expect(await fleet.serves()).toEqual(new Set(['v2']));
}, 60_000);

test('an instance that is killed is replaced by one with the last good revision', async () => {
  const since = fleet.region.journal.position;
  await fleet.region.home.service('ec2').host(fleet.instances[0]!).terminate();
  const { subject: launched } = await fleet.next('InService', since);
  expect(fleet.installed(launched)).toEqual(['v2']);
}, 60_000);
