/**
 * Snapshot serializer: the SHA-256 hashes that the CDK writes into templates follow from folders and file contents
 * that have tests of their own, so a snapshot does not tell them apart.
 */
const HASH = /\b[0-9a-f]{64}\b/g;
const PLACEHOLDER = '<sha256>';

module.exports = {
  test: (value: unknown) => typeof value === 'string' && value.match(HASH) !== null,
  serialize: (value: string) => JSON.stringify(value.replace(HASH, PLACEHOLDER)),
};
