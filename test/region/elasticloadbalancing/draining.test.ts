import http from 'node:http';
import { played, server } from './played';

/** A server whose requests to `/slow` end when they are told to. */
async function slow() {
  const waiting: http.ServerResponse[] = [];
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const port = await server((request, response) => {
    if (request.url !== '/slow') return response.end();
    waiting.push(response);
    return arrive();
  });
  return { port, arrived, release: () => waiting.forEach((response) => void response.end('late')) };
}

test('a request in flight finishes although its target is deregistered', async () => {
  const { register, call, url, target, entered, elb, TargetGroupArn, state } = await played();
  const { port, arrived, release } = await slow();
  await register(port);
  const late = fetch(`${url}/slow`);
  await arrived;
  await call('DeregisterTargets', target(port));
  expect(await state(port)).toBe('draining');
  // No new requests while draining.
  expect((await fetch(url)).status).toBe(503);
  const gone = elb.deregistered(TargetGroupArn, '127.0.0.1');
  release();
  expect(await (await late).text()).toBe('late');
  await gone;
  await entered(port, 'unused');
  expect(await state(port)).toBeUndefined();
});

test('a target stays draining for the whole delay, even with nothing in flight', async () => {
  const { register, call, target, elb, TargetGroupArn, scope } = await played();
  const { port } = await slow();
  await register(port);
  const before = scope.clock.now();
  await call('DeregisterTargets', target(port));
  await elb.deregistered(TargetGroupArn, '127.0.0.1');
  expect(scope.clock.now() - before).toBeGreaterThanOrEqual(5000);
});

test('a target that is registered again takes requests again', async () => {
  const { register, call, url, target } = await played();
  const { port } = await slow();
  await register(port);
  await call('DeregisterTargets', target(port));
  await register(port);
  expect((await fetch(url)).status).toBe(200);
});

test('not one request fails while all targets are swapped under load', async () => {
  const { register, call, url, target, entered } = await played();
  const answering = () => server((_request, response) => response.end('fine'));
  const old = [await answering(), await answering()];
  for (const port of old) await register(port);
  const agent = new http.Agent({ keepAlive: true });
  const statuses: number[] = [];
  let loaded = true;
  const client = async () => {
    while (loaded) {
      statuses.push(
        await new Promise<number>((resolve) => {
          http
            .get(url, { agent }, (response) =>
              response.resume().on('end', () => resolve(response.statusCode!)),
            )
            .on('error', () => resolve(0));
        }),
      );
    }
  };
  const clients = Array.from({ length: 8 }, client);
  for (const port of old) {
    await register(await answering());
    await call('DeregisterTargets', target(port));
  }
  await Promise.all(old.map((port) => entered(port, 'unused')));
  loaded = false;
  await Promise.all(clients);
  agent.destroy();
  expect(statuses.length).toBeGreaterThan(8);
  expect(new Set(statuses)).toEqual(new Set([200]));
});
