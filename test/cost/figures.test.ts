import { differences, figuresOf, readFigures, TOLERANCE } from '../../bench/cost/figures';
import { type Measured, measure } from '../../bench/cost/measure';
import { assembly } from '../lib/assembly';

/** The workflows as they are today, played on the local cloud with their real functions. */
let measured: Measured;
beforeAll(async () => {
  measured = await measure(assembly(), false);
}, 120_000);

test('what the workflows cost is what docs/cost.md says, within 5 %', () => {
  const { game, loan } = measured;
  expect(differences(readFigures(), figuresOf([game, loan]))).toEqual([]);
});

test('a completed level costs at most a tenth of its naive design', () => {
  const { game, naiveGame } = measured;
  const ours = game.type === 'EXPRESS' ? game.bill : game.express;
  expect(ours?.total).toBeLessThanOrEqual(naiveGame.bill.total / 10);
  expect(naiveGame.bill.lines.map(({ meter }) => meter)).toEqual(
    expect.arrayContaining(['states.transitions', 'cloudwatch.requests', 'dynamodb.write', 's3.put']),
  );
});

test('what functions do by themselves is a part of it', () => {
  const { usage } = measured.game;
  const calls = Object.keys(usage).filter((key) => key.startsWith('call:'));
  expect(calls.some((key) => key.endsWith('>dynamodb.TransactWriteItems'))).toBe(true);
  expect(usage['dynamodb.write']).toBeGreaterThanOrEqual(6);
  // The reader's click reaches the loan through the token that it answers.
  expect(measured.loan.usage['api.requests']).toBeGreaterThanOrEqual(3);
  expect(measured.loan.usage['ses.mails']).toBeGreaterThanOrEqual(3);
});

test('a difference is noticed, in both directions and for what has no figure', () => {
  const kept = { game: { standard: 100, express: 10 } };
  expect(TOLERANCE).toBe(0.05);
  expect(differences(kept, { game: { standard: 104.99, express: 9.51 } })).toEqual([]);
  expect(differences(kept, { game: { standard: 105.1, express: 10 } })).toEqual([
    "game (standard) was $100, is $105.1 for a million: if it may, run 'npm run cost'.",
  ]);
  expect(differences(kept, { game: { standard: 100, express: 9.4 }, loan: { standard: 1 } })).toEqual([
    "game (express) was $10, is $9.4 for a million: if it may, run 'npm run cost'.",
    "loan (standard) has no figure, is $1 for a million: if it may, run 'npm run cost'.",
  ]);
});
