import assert from 'node:assert/strict';
import test from 'node:test';

// Against SERVICE_URL, by the pipeline in production: what a guest does, without leaving anything behind.
const { SERVICE_URL } = process.env;
const open = (path) => fetch(new URL(path, SERVICE_URL), { signal: AbortSignal.timeout(2000) });

test('a guest gets the page and a quote, on every host that is asked', async () => {
  for (let turn = 0; turn < 10; turn++) {
    const [page, quote] = await Promise.all([open('/'), open('/quote?nights=3')]);
    assert.equal(page.status, 200);
    assert.equal(quote.status, 200);
    assert.ok((await quote.json()).price > 0);
  }
});
