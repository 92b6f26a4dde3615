import assert from 'node:assert/strict';
import test from 'node:test';
import { quote } from '../src/quote';

test('nights are multiplied', () => {
  assert.deepEqual(quote(3), { nights: 3, price: 120 });
});

test('a pass gives its discount', () => {
  assert.equal(quote(2, 'MEMBER').price, 72);
  assert.equal(quote(2, 'SEASON').price, 60);
});
