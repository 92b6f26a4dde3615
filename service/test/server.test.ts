import assert from 'node:assert/strict';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { createService, type Service } from '../src/server';

let service: Service;
let url: string;

async function start(): Promise<Service> {
  const started = createService('3f2a');
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return started;
}

before(async () => {
  service = await start();
  url = `http://127.0.0.1:${service.port()}`;
});

after(() => service.stop());

test('says that it is healthy, and in which revision', async () => {
  const response = await fetch(`${url}/health`);
  assert.deepEqual(await response.json(), { status: 'ok', revision: '3f2a' });
});

test('shows its revision', async () => {
  const response = await fetch(url);
  assert.match(await response.text(), /Revision 3f2a/);
});

test('quotes', async () => {
  const response = await fetch(`${url}/quote?nights=3&pass=MEMBER`);
  assert.deepEqual(await response.json(), { nights: 3, price: 108 });
});

test('books', async () => {
  const response = await fetch(`${url}/bookings`, { method: 'POST', body: '{"nights": 2}' });
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), { nights: 2, price: 80 });
});

test('says what is wrong with a request', async () => {
  const response = await fetch(`${url}/quote?nights=none`);
  assert.equal(response.status, 400);
  assert.match(await response.text(), /nights is none; allowed is a whole number from 1 to 365/);
});

test('answers 404 for what is not there', async () => {
  assert.equal((await fetch(`${url}/berths`)).status, 404);
});

test('finishes a request under way before it stops', async () => {
  const stopping = await start();
  let stopped: Promise<void> | undefined;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = http.request(`http://127.0.0.1:${stopping.port()}/bookings`, {
      method: 'POST',
      headers: { Expect: '100-continue' },
      agent: new http.Agent({ keepAlive: true }),
    });
    request.on('error', reject).on('response', resolve);
    // The server has seen the head of the request when it asks for the body.
    request.on('continue', () => {
      stopped = stopping.stop();
      request.end('{"nights": 1}');
    });
    request.flushHeaders();
  });
  assert.equal(response.statusCode, 201);
  assert.match(await text(response), /"price":40/);
  await stopped;
});
