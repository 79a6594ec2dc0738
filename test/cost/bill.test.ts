import { billOf } from '../../local/cost/bill';
import { expressMemoryMb, usageOfExpress } from '../../local/cost/express';
import { PriceTableError, readPriceTable, US_EAST_1 } from '../../local/cost/prices';
import type { Usage } from '../../local/cost/usage';
import { usageOfInvocation } from '../../local/services/lambda/usage';

const MB = 1024 * 1024;
const total = (usage: Usage, options = {}) => billOf(usage, US_EAST_1, options).total;

/** Examples that AWS works out on its own pages. */
test('Express: AWS’s example of 100 million executions of ten seconds', () => {
  const one = usageOfExpress(10_000, { definitionBytes: 1000, dataBytes: 1000, branches: 0 });
  expect(one).toEqual({ 'states.express': 1, 'states.express.gbs': 0.625 });
  const month = { 'states.express': 100e6, 'states.express.gbs': 62_500_000 };
  const bill = billOf(month, US_EAST_1, { month: true });
  expect(bill.lines.map(({ amount }) => Math.round(amount * 100) / 100)).toEqual([100, 382.97]);
});

test('Express: AWS’s example of memory, and the steps of it', () => {
  expect(expressMemoryMb({ definitionBytes: 50 * 1024, dataBytes: 32 * 1024, branches: 400 })).toBe(64);
  expect(expressMemoryMb({ definitionBytes: 50 * 1024, dataBytes: 256 * 1024, branches: 400 })).toBe(192);
  const size = { definitionBytes: 0, dataBytes: 14 * MB, branches: 1 };
  expect(expressMemoryMb(size)).toBe(64);
  expect(expressMemoryMb({ ...size, dataBytes: 14 * MB + 1 })).toBe(128);
});

test.each([
  [0, 0.1],
  [1, 0.1],
  [100, 0.1],
  [101, 0.2],
])('Express: %d ms are billed as %d s', (ms, seconds) => {
  const used = usageOfExpress(ms, { definitionBytes: 0, dataBytes: 0, branches: 0 });
  expect(used['states.express.gbs']).toBeCloseTo(seconds / 16, 12);
});

test('Standard: 4,000 transitions of a month are free, where that is taken off', () => {
  const usage = { 'states.transitions': 420_000 };
  expect(total(usage)).toBeCloseTo(10.5);
  expect(total(usage, { month: true })).toBeCloseTo(10.5);
  expect(total(usage, { month: true, freeTier: true })).toBeCloseTo(10.4);
  expect(total({ 'states.transitions': 100 }, { month: true, freeTier: true })).toBe(0);
});

/** AWS’s example on its page of prices: three million requests of 120 ms with 1,536 MB. */
test('Lambda: requests and GB-seconds, beyond what is free', () => {
  const usage = { 'lambda.requests:app': 3e6, 'lambda.x86_64.mbms:app': 3e6 * 120 * 1536 };
  const bill = billOf(usage, US_EAST_1, { month: true, freeTier: true });
  expect(bill.lines.map(({ meter, amount }) => [meter, Math.round(amount * 100) / 100])).toEqual([
    ['lambda.requests', 0.4],
    ['lambda.x86_64.mbms', 2.33],
  ]);
});

test('Lambda: a duration is rounded up to a ms, memory is what is configured', () => {
  const spec = { name: 'f', memoryMb: 256, architecture: 'arm64' } as Parameters<typeof usageOfInvocation>[0];
  const used = usageOfInvocation(spec, { durationMs: 1.0001, initMs: 99.5, memoryBytes: 64 * MB, logBytes: 30 });
  expect(used).toEqual({
    'lambda.requests:f': 1,
    'lambda.ms:f': 2,
    'lambda.initMs:f': 100,
    'lambda.arm64.mbms:f': 256 * 102,
    'lambda.usedMbms:f': 64 * 102,
    'logs.bytes': 30,
  });
});

test('what functions used is one line, and what has no price is none', () => {
  const { lines } = billOf(
    { 'lambda.requests:a': 2, 'lambda.requests:b': 1, 'lambda.ms:a': 9, 'call:>s3.X': 4 },
    US_EAST_1,
  );
  expect(lines).toMatchObject([{ service: 'Lambda', item: 'requests', quantity: 3 }]);
});

describe('another price table', () => {
  const table = (prices: object) => JSON.stringify({ region: 'eu-west-1', date: '2026-12-01', prices });

  it('stands before the one there is', () => {
    const prices = readPriceTable(table({ 's3.put': { dollars: 5.4, per: 1_000_000 } }));
    expect(prices).toMatchObject({ region: 'eu-west-1', date: '2026-12-01' });
    expect(billOf({ 's3.put': 1e6, 'dynamodb.write': 1e6 }, prices).total).toBeCloseTo(5.4 + 0.625);
  });

  test.each([
    ['not json', /^it is not JSON/],
    ['null', /'region' must be a text/],
    [JSON.stringify({ region: 'eu-west-1', prices: {} }), /'date' must be a date/],
    [table({ 's3.puts': { dollars: 1, per: 1 } }), /there is no meter 's3.puts'; there are states.transitions/],
    [table({ 's3.put': { dollars: -1, per: 1 } }), /'dollars' and 'per' of 's3.put'/],
    [table({ 's3.put': { dollars: '1', per: 0 } }), /'dollars' and 'per' of 's3.put'/],
    [table({ 's3.put': null }), /'dollars' and 'per' of 's3.put'/],
  ])('is refused: %s', (text, message) => {
    expect(() => readPriceTable(text)).toThrow(PriceTableError);
    expect(() => readPriceTable(text)).toThrow(message);
  });
});
