import assert from 'node:assert/strict';
import test from 'node:test';

// Against SERVICE_URL, by the pipeline in the first environment: does what was deployed work together?
const { SERVICE_URL } = process.env;

async function ask(path, options) {
  const response = await fetch(`${SERVICE_URL}${path}`, { signal: AbortSignal.timeout(5000), ...options });
  return { status: response.status, body: await response.json() };
}

test('says that it is healthy', async () => {
  assert.equal((await ask('/health')).body.status, 'ok');
});

test('quotes what the nights cost, less for a pass', async () => {
  assert.deepEqual(await ask('/quote?nights=3'), { status: 200, body: { nights: 3, price: 120 } });
  assert.deepEqual(await ask('/quote?nights=2&pass=MEMBER'), { status: 200, body: { nights: 2, price: 72 } });
});

test('books', async () => {
  const booked = await ask('/bookings', { method: 'POST', body: JSON.stringify({ nights: 2 }) });
  assert.deepEqual(booked, { status: 201, body: { nights: 2, price: 80 } });
});

test('refuses nights that are none', async () => {
  assert.equal((await ask('/quote?nights=none')).status, 400);
});
