/**
 * Snapshot serializer: the code of handlers, and the SHA-256 hashes that the CDK writes into templates, follow from
 * files that have tests of their own, so a snapshot does not tell them apart.
 */
const CODE = /^"use strict";\n[\s\S]*$/;
const HASH = /\b[0-9a-f]{64}\b/g;

const normalise = (value: string) => value.replace(CODE, '<code>').replace(HASH, '<sha256>');

module.exports = {
  test: (value: unknown) => typeof value === 'string' && normalise(value) !== value,
  serialize: (value: string) => JSON.stringify(normalise(value)),
};
