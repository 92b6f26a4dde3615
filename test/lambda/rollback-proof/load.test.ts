import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Load } from '../../../lambda/rollback-proof/load';

const servers: http.Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => void server.close()));

/** A load on a server; resolves when the server has been asked that many times and all is answered. */
async function loaded(requests: number, answer: http.RequestListener, paths = ['/']): Promise<Load> {
  let enough!: () => void;
  const asked = new Promise<void>((resolve) => {
    enough = resolve;
  });
  let count = 0;
  const server = http.createServer((request, response) => {
    answer(request, response);
    if (++count === requests) enough();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const load = new Load({ url: `http://127.0.0.1:${port}`, requestsPerSecond: 100, paths });
  load.start();
  await asked;
  await load.stop();
  return load;
}

test('its paths are requested in turn, and each answer is counted', async () => {
  const asked: string[] = [];
  const answer: http.RequestListener = ({ url }, response) => {
    asked.push(url!);
    response.end('ok');
  };
  const load = await loaded(6, answer, ['/', '/quote?lines=1']);
  expect(asked.slice(0, 4)).toEqual(['/', '/quote?lines=1', '/', '/quote?lines=1']);
  expect(load.describe()).toBe(`${asked.length} requests were answered`);
});

test('an answer of 5xx is a failure, told with its path and with what was being done; one of 4xx is an answer', async () => {
  const load = await loaded(
    4,
    ({ url }, response) => {
      response.statusCode = url === '/bad' ? 502 : 404;
      response.end();
    },
    ['/', '/bad'],
  );
  expect(() => load.expectNoFailure()).toThrow(/^\d+ of \d+ requests failed: GET \/bad 502 before \(\d+\)$/);
});

test('a connection that is closed under a request is a failure: nothing is sent again in silence', async () => {
  let count = 0;
  const load = await loaded(5, ({ socket }, response) => {
    if (++count === 3) socket.destroy();
    else response.end('ok');
  });
  expect(() => load.expectNoFailure()).toThrow(
    /^1 of \d+ requests failed: GET \/ socket hang up before \(1\)$/,
  );
});

test('so is one that is closed in the middle of the answer', async () => {
  let count = 0;
  const load = await loaded(5, ({ socket }, response) => {
    if (++count === 3) response.write('o', () => socket.destroy());
    else response.end('ok');
  });
  expect(() => load.expectNoFailure()).toThrow(/^1 of \d+ requests failed: GET \/ aborted before \(1\)$/);
});

test('a service that cannot be reached fails every request', async () => {
  const load = new Load({ url: 'http://127.0.0.1:1', requestsPerSecond: 100, paths: ['/'] });
  load.phase = 'on the way back';
  load.start();
  await new Promise<void>((resolve) => {
    const look = () => (load.describe().includes('failed') ? resolve() : setImmediate(look));
    look();
  });
  await load.stop();
  expect(load.describe()).toMatch(/GET \/ connect ECONNREFUSED 127\.0\.0\.1:1 on the way back/);
});

test('so few requests that they say nothing are not enough', async () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(0);
  const load = await loaded(2, (_, response) => response.end('ok'));
  expect(() => load.expectEnough()).not.toThrow();
  now.mockReturnValue(60_000);
  expect(() => load.expectEnough()).toThrow(
    /^only \d+ requests were answered, of about 6000 that were to be sent$/,
  );
  now.mockRestore();
});
