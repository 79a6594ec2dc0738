import { isTooDeep, MAX_DEPTH } from '../../local/asl/depth';
import type { Json } from '../../local/asl/json';

const nested = (depth: number): Json => JSON.parse(`${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`) as Json;

describe('isTooDeep', () => {
  test('allows what AWS parses', () => {
    expect([isTooDeep(null), isTooDeep('text'), isTooDeep([]), isTooDeep(nested(MAX_DEPTH))]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('finds what is deeper, however deep', () => {
    expect([isTooDeep([nested(MAX_DEPTH)]), isTooDeep({ shallow: 1, deep: nested(200_000) })]).toEqual([true, true]);
  });
});
