import type { JsonObject } from '../../../local/asl/json';
import { matchesPattern } from '../../../local/services/patterns/match';
import { parsePattern, validatePattern } from '../../../local/services/patterns/validate';

const event: JsonObject = {
  source: 'stepwright.game',
  'detail-type': 'LevelCompleted',
  detail: {
    score: 300,
    player: 'Ann',
    file: 'dir/a.test.ts',
    none: null,
    flag: true,
    tags: ['red', 'blue'],
    empty: [],
    ip: '10.0.0.7',
    items: [
      { kind: 'a', size: 1 },
      { kind: 'b', size: 2 },
    ],
  },
};

const detail = (pattern: unknown) => ({ detail: pattern });
const yes: unknown[] = [
  { source: ['other', 'stepwright.game'] },
  { source: ['stepwright.game'], 'detail-type': ['LevelCompleted'] },
  { source: [{ prefix: 'stepwright.' }] },
  { source: [{ suffix: '.game' }] },
  { source: [{ prefix: { 'equals-ignore-case': 'STEP' } }] },
  { source: [{ suffix: { 'equals-ignore-case': 'GAME' } }] },
  detail({ player: [{ 'equals-ignore-case': 'aNN' }] }),
  detail({ score: [300.0] }),
  detail({ score: [{ numeric: ['=', 3e2] }] }),
  detail({ score: [{ numeric: ['>', 0, '<=', 300] }] }),
  detail({ none: [null] }),
  detail({ none: [{ exists: true }] }),
  detail({ flag: [true] }),
  detail({ gone: [{ exists: false }] }),
  detail({ gone: { deep: [{ exists: false }] } }),
  detail({ empty: [{ exists: false }] }),
  detail({ items: [{ exists: false }] }),
  detail({ gone: [{ exists: false }, 'x'] }),
  detail({ tags: ['blue'] }),
  detail({ tags: [{ 'anything-but': 'red' }] }),
  detail({ player: [{ 'anything-but': ['Bob', 'Eve'] }] }),
  detail({ player: [{ 'anything-but': { prefix: 'B' } }] }),
  detail({ player: [{ 'anything-but': { suffix: ['x', 'y'] } }] }),
  detail({ player: [{ 'anything-but': { 'equals-ignore-case': ['bob'] } }] }),
  detail({ player: [{ 'anything-but': { wildcard: 'B*' } }] }),
  detail({ score: [{ 'anything-but': [1, 2] }] }),
  detail({ file: [{ wildcard: 'dir/*.ts' }] }),
  detail({ file: [{ wildcard: '*a*test*' }] }),
  detail({ file: [{ wildcard: '*' }] }),
  detail({ ip: [{ cidr: '10.0.0.0/24' }] }),
  detail({ items: { kind: ['b'], size: [2] } }),
  { $or: [{ source: ['x'] }, { detail: { score: [{ numeric: ['<', 1000] }] } }] },
  { source: ['stepwright.game'], detail: { $or: [{ player: ['Ann'] }, { player: ['Bob'] }] } },
];
const no: unknown[] = [
  { source: ['Stepwright.game'] },
  { source: ['stepwright.game'], 'detail-type': ['Other'] },
  { source: [{ prefix: 'game' }] },
  { source: [{ prefix: 'STEP' }] },
  { source: [{ suffix: 'step' }] },
  detail({ score: ['300'] }),
  detail({ score: [{ numeric: ['>', 300] }] }),
  detail({ player: [{ numeric: ['>', 0] }] }),
  detail({ none: ['null'] }),
  detail({ flag: ['true'] }),
  detail({ gone: [{ exists: true }] }),
  detail({ gone: [{ 'anything-but': 'x' }] }),
  detail({ gone: [null] }),
  detail({ player: [{ exists: false }] }),
  detail({ player: [{ 'anything-but': ['Ann'] }] }),
  detail({ player: [{ 'anything-but': { prefix: ['B', 'A'] } }] }),
  detail({ player: [{ 'anything-but': { 'equals-ignore-case': 'ANN' } }] }),
  detail({ tags: ['green'] }),
  detail({ file: [{ wildcard: '*.js' }] }),
  detail({ file: [{ wildcard: 'a*' }] }),
  detail({ player: [{ wildcard: 'An*nn' }] }),
  detail({ ip: [{ cidr: '10.0.1.0/24' }] }),
  detail({ player: [{ cidr: '10.0.1.0/24' }] }),
  detail({ items: { kind: ['a'], size: [2] } }),
  detail({ constructor: [{ exists: true }] }),
  { $or: [{ source: ['x'] }, { source: ['y'] }] },
  { 'detail-type': ['Other'], $or: [{ source: ['stepwright.game'] }, { source: ['y'] }] },
];

test.each(yes)('%j matches', (pattern) => {
  validatePattern(pattern);
  expect(matchesPattern(pattern, event)).toBe(true);
});

test.each(no)('%j does not match', (pattern) => {
  validatePattern(pattern);
  expect(matchesPattern(pattern, event)).toBe(false);
});

test('a wildcard takes escaped stars literally', () => {
  const pattern = parsePattern(JSON.stringify({ a: [{ wildcard: 'x\\**' }] }));
  expect(matchesPattern(pattern, { a: 'x*y' })).toBe(true);
  expect(matchesPattern(pattern, { a: 'xy' })).toBe(false);
});

test('a hostile wildcard is matched at once', () => {
  const pattern = parsePattern(JSON.stringify({ a: [{ wildcard: `${'a*'.repeat(50)}b` }] }));
  expect(matchesPattern(pattern, { a: 'a'.repeat(100_000) })).toBe(false);
});

test.each([
  ['not JSON', '{'],
  ['a list', '[]'],
  ['nothing', '{}'],
  ['a bare value', '{"a":"b"}'],
  ['an empty list', '{"a":[]}'],
  ['an empty object', '{"a":{}}'],
  ['a nested list', '{"a":[["b"]]}'],
  ['an unknown operator', '{"a":[{"like":"b"}]}'],
  ['two operators', '{"a":[{"prefix":"b","suffix":"c"}]}'],
  ['an empty prefix', '{"a":[{"prefix":""}]}'],
  ['a number as prefix', '{"a":[{"prefix":1}]}'],
  ['a numeric without a number', '{"a":[{"numeric":[">"]}]}'],
  ['an unknown comparison', '{"a":[{"numeric":["!=",1]}]}'],
  ['an exists that is text', '{"a":[{"exists":"yes"}]}'],
  ['an anything-but of a boolean', '{"a":[{"anything-but":[true]}]}'],
  ['two stars in a row', '{"a":[{"wildcard":"a**b"}]}'],
  ['a stray backslash', '{"a":[{"wildcard":"a\\\\b"}]}'],
  ['a network that is none', '{"a":[{"cidr":"10.0.0.0/33"}]}'],
  ['an $or of one', '{"$or":[{"a":["b"]}]}'],
])('refuses %s', (_name, text) => {
  expect(() => parsePattern(text)).toThrow(expect.objectContaining({ name: 'PatternError' }));
});
