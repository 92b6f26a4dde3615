import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Traffic } from '../../../rehearsal/traffic/traffic';
import { atEnd } from '../../support/folder';

test('counts what is answered, answered with 5xx, and not answered at all', async () => {
  const asked = { '/fine': 0, '/error': 0, '/hung-up': 0 };
  const server = http.createServer((request, response) => {
    const path = request.url as keyof typeof asked;
    if (++asked[path] === 10) server.emit(path);
    if (path === '/hung-up') request.socket.end();
    else response.writeHead(path === '/error' ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  const enough = Promise.all(Object.keys(asked).map((path) => once(server, path)));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const began = Date.now();

  const traffic = await Traffic.start('prod', { url, rate: 200, paths: Object.keys(asked) });
  atEnd(() => traffic.stop());
  await enough;
  await traffic.stop();

  const { sent, failed, failures } = traffic.count(began - 1);
  expect(failures).toEqual({
    '503 /error': expect.any(Number),
    'socket hang up /hung-up': expect.any(Number),
  });
  expect(failed).toBe(failures['503 /error']! + failures['socket hang up /hung-up']!);
  expect(sent).toBeGreaterThan(failed);
});
