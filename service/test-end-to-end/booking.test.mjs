import assert from 'node:assert/strict';
import test from 'node:test';

// Against SERVICE_URL, by the pipeline in the environments between the first and production: a guest's whole way.
const { SERVICE_URL } = process.env;
const open = (path, options) =>
  fetch(new URL(path, SERVICE_URL), { signal: AbortSignal.timeout(5000), ...options });

test('a guest opens the page, follows its link to a quote and books for that price', async () => {
  const page = await open('/');
  assert.equal(page.status, 200);
  const [, link] = (await page.text()).match(/<a href="([^"]+)">/);

  const quote = await open(link);
  assert.equal(quote.status, 200);
  const { nights, price } = await quote.json();
  assert.ok(price > 0);

  const booking = await open('/bookings', { method: 'POST', body: JSON.stringify({ nights }) });
  assert.equal(booking.status, 201);
  assert.deepEqual(await booking.json(), { nights, price });
});
