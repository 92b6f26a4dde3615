import { checkPattern, matchesPattern } from '../../../region/events/pattern';

const EVENT = {
  source: 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  resources: ['arn:aws:codecommit:us-east-1:111111111111:shop'],
  detail: {
    event: 'referenceUpdated',
    referenceName: 'main',
    count: 5,
    empty: '',
    none: null,
    address: '10.0.0.7',
    list: [],
    nested: { deep: { state: 'ALARM' } },
    items: [
      { kind: 'a', size: 1 },
      { kind: 'b', size: 2 },
    ],
  },
};

const detail = (pattern: object) => ({ detail: pattern });

test.each<[string, object, boolean]>([
  ['exact', { source: ['aws.codecommit'] }, true],
  ['exact, one of several', { source: ['aws.s3', 'aws.codecommit'] }, true],
  ['exact, another', { source: ['aws.s3'] }, false],
  ['all fields must match', { source: ['aws.codecommit'], 'detail-type': ['Other'] }, false],
  ['a value in a list', { resources: ['arn:aws:codecommit:us-east-1:111111111111:shop'] }, true],
  ['number, not text', detail({ count: ['5'] }), false],
  ['number', detail({ count: [5] }), true],
  ['null', detail({ none: [null] }), true],
  ['empty text', detail({ empty: [''] }), true],
  ['nested', detail({ nested: { deep: { state: ['ALARM'] } } }), true],
  ['nested, absent', detail({ absent: { deep: ['x'] } }), false],
  ['a list of objects', detail({ items: { kind: ['b'] } }), true],
  ['prefix', detail({ referenceName: [{ prefix: 'ma' }] }), true],
  ['prefix, other case', detail({ referenceName: [{ prefix: { 'equals-ignore-case': 'MA' } }] }), true],
  ['prefix in a list', { resources: [{ prefix: 'arn:aws:codecommit:' }] }, true],
  ['suffix', { resources: [{ suffix: ':shop' }] }, true],
  ['suffix, another', { resources: [{ suffix: ':other' }] }, false],
  ['equals-ignore-case', detail({ referenceName: [{ 'equals-ignore-case': 'MAIN' }] }), true],
  ['wildcard', { resources: [{ wildcard: 'arn:*:shop' }] }, true],
  ['wildcard is anchored', { resources: [{ wildcard: 'arn:*:sho' }] }, false],
  ['wildcard, a dot is a dot', { source: [{ wildcard: 'aws?code*' }] }, false],
  ['anything-but', detail({ referenceName: [{ 'anything-but': 'main' }] }), false],
  ['anything-but a list', detail({ referenceName: [{ 'anything-but': ['a', 'b'] }] }), true],
  ['anything-but a prefix', detail({ referenceName: [{ 'anything-but': { prefix: 'ma' } }] }), false],
  ['anything-but prefixes', detail({ referenceName: [{ 'anything-but': { prefix: ['x', 'ma'] } }] }), false],
  ['anything-but of an absent field', detail({ absent: [{ 'anything-but': 'x' }] }), false],
  ['numeric', detail({ count: [{ numeric: ['>', 1, '<=', 5] }] }), true],
  ['numeric, outside', detail({ count: [{ numeric: ['<', 5] }] }), false],
  ['numeric of a text', detail({ referenceName: [{ numeric: ['>', 0] }] }), false],
  ['exists', detail({ none: [{ exists: true }] }), true],
  ['exists not', detail({ absent: [{ exists: false }] }), true],
  ['exists not, but does', detail({ count: [{ exists: false }] }), false],
  ['an empty list holds nothing', detail({ list: [{ exists: false }] }), true],
  ['cidr', detail({ address: [{ cidr: '10.0.0.0/24' }] }), true],
  ['cidr, outside', detail({ address: [{ cidr: '10.0.1.0/24' }] }), false],
  ['$or, the second', detail({ $or: [{ count: [1] }, { referenceName: ['main'] }] }), true],
  ['$or and the rest', detail({ $or: [{ count: [5] }, { count: [6] }], event: ['other'] }), false],
])('%s', (_, pattern, expected) => {
  checkPattern(pattern);
  expect(matchesPattern(pattern as never, EVENT)).toBe(expected);
});

test.each<[string, unknown, string]>([
  [
    'a bare value',
    { source: 'aws.s3' },
    'EventPattern.source: found "aws.s3"; allowed is a list of values or an object',
  ],
  ['an empty list', { source: [] }, 'EventPattern.source: found []'],
  [
    'an unknown filter',
    detail({ a: [{ regex: 'x' }] }),
    'EventPattern.detail.a: found {"regex":"x"}; allowed is one filter of',
  ],
  ['a wrong comparison', detail({ a: [{ numeric: ['!', 1] }] }), 'EventPattern.detail.a'],
  ['two stars', { source: [{ wildcard: 'a**' }] }, 'a text without ** in it'],
  ['nothing', {}, 'an object with at least one field'],
])('refused: %s', (_, pattern, message) => {
  expect(() => checkPattern(pattern)).toThrow(message);
});
