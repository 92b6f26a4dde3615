import { matches } from '../../../region/elasticloadbalancing/health-check';
import { played, server } from './played';

/** A server whose health check answers with the given status. */
async function patient(first = 200) {
  const health = { status: first };
  const port = await server((_request, response) => {
    response.statusCode = health.status;
    response.end();
  });
  return { health, port };
}

test.each([
  ['200', 200, true],
  ['200', 201, false],
  ['200,202', 202, true],
  ['200-299', 250, true],
  ['200-299', 300, false],
])('matcher %s on %i: %s', (matcher, code, expected) => {
  expect(matches(matcher, code)).toBe(expected);
});

test('a target turns healthy, unhealthy and healthy again by the thresholds', async () => {
  const { register, entered, scope, call, TargetGroupArn } = await played();
  const { health, port } = await patient();
  await register(port);
  health.status = 500;
  await entered(port, 'unhealthy');
  const { TargetHealthDescriptions } = await call('DescribeTargetHealth', { TargetGroupArn });
  expect(TargetHealthDescriptions[0].TargetHealth).toMatchObject({
    State: 'unhealthy',
    Reason: 'Target.ResponseCodeMismatch',
    Description: 'Health checks failed with these codes: [500]',
  });
  const since = scope.journal.position;
  health.status = 200;
  await entered(port, 'healthy', since);
});

test('requests avoid an unhealthy target while another is healthy, and go to it when all are unhealthy', async () => {
  const { register, entered, url, call, target } = await played();
  const ill = await patient();
  await register(ill.port);
  ill.health.status = 500;
  await entered(ill.port, 'unhealthy');
  const well = await patient();
  await register(well.port);
  for (let count = 0; count < 4; count++) expect((await fetch(url)).status).toBe(200);
  await call('DeregisterTargets', target(well.port));
  expect((await fetch(url)).status).toBe(500);
});

test('targets of a group that no listener forwards to are unused', async () => {
  const { call, target, ListenerArn, state } = await played();
  const { port } = await patient();
  await call('DeleteListener', { ListenerArn });
  await call('RegisterTargets', target(port));
  expect(await state(port)).toBe('unused');
  await call('DeregisterTargets', target(port));
  expect(await state(port)).toBeUndefined();
});

test('healthy() fails for a target that is taken out', async () => {
  const { call, target, elb, TargetGroupArn } = await played();
  const { port } = await patient(500);
  await call('RegisterTargets', target(port));
  const healthy = elb.healthy(TargetGroupArn, '127.0.0.1');
  await call('DeregisterTargets', target(port));
  await expect(healthy).rejects.toThrow(/was deregistered/);
  await expect(elb.healthy(TargetGroupArn, '127.0.0.9')).rejects.toThrow(/is not registered/);
});

test('the numbers of healthy and unhealthy hosts are recorded', async () => {
  const { register, recorded, scope } = await played();
  await register((await patient()).port);
  await scope.clock.sleep(10_000);
  expect(recorded).toContainEqual(expect.objectContaining({ metricName: 'HealthyHostCount', value: 1 }));
  expect(recorded).toContainEqual(expect.objectContaining({ metricName: 'UnHealthyHostCount', value: 0 }));
});
