import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Completion } from '../../../lambda/game-level-complete/completion';
import { asBest } from '../../../lambda/game-level-complete/leaderboard';

Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  COMPLETIONS_TABLE: 'completions',
  PLAYERS_TABLE: 'players',
  LEADERBOARD_TABLE: 'leaderboard',
});
const { handler: creditPlayer } = require('../../../lambda/game-level-complete/credit-player.lambda');

const tables = mockClient(DynamoDBDocumentClient);
const completion = {
  completionId: 'c-1',
  playerId: 'p-1',
  level: 3,
  score: 100,
  durationSeconds: 60,
  completedAt: '2026-03-01T12:00:00Z',
  reportKey: 'reports/level-3/c-1-0123456789abcdef',
};
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
let lines: string[];

beforeEach(() => {
  tables.reset();
  tables.on(GetCommand).resolves({});
  tables.on(TransactWriteCommand).resolves({});
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

const written = () => tables.commandCalls(TransactWriteCommand).at(-1)?.args[0].input.TransactItems ?? [];
const hold = (more: Partial<Completion>) =>
  tables.on(GetCommand, { TableName: 'leaderboard' }).resolves({ Item: asBest({ ...completion, ...more }) });

describe('crediting a player', () => {
  test('writes completion, progress and leaderboard in one transaction', async () => {
    expect(await creditPlayer(completion)).toEqual({ credited: true });
    expect(tables.commandCalls(TransactWriteCommand)).toHaveLength(1);
    expect(written().map((item: { Put?: { TableName?: string } }) => item.Put?.TableName)).toEqual([
      'completions',
      'players',
      'leaderboard',
    ]);
    expect(written()[0]?.Put?.Item).toMatchObject(completion);
    expect(written()[2]?.Put?.Item).toEqual({
      level: 3,
      playerId: 'p-1',
      bestScore: 100,
      completionId: 'c-1',
      completedAt: '2026-03-01T12:00:00Z',
      rank: '0999999900#2026-03-01T12:00:00.000Z#c-1',
    });
  });

  test.each([
    ['a lower score', { score: 99 }, 3],
    ['the same score, reached later', { completedAt: '2026-03-01T12:00:00.001Z' }, 3],
    ['the same score, reached then too, of an id that comes later', { completionId: 'c-2' }, 3],
    ['this one', {}, 2],
    ['the same score, reached earlier', { completedAt: '2026-03-01T11:59:59.9Z' }, 2],
    ['a higher score', { score: 101 }, 2],
  ])('replaces what is best by what is better: %s (%#)', async (_, best, writes) => {
    hold(best);
    await creditPlayer(completion);
    expect(written()).toHaveLength(writes);
  });

  test('recognises a completion that was recorded before', async () => {
    tables.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed', 'None'));
    expect(await creditPlayer(completion)).toEqual({ credited: false });
    expect(tables.commandCalls(TransactWriteCommand)).toHaveLength(1);
  });

  test('reads anew when another completion of the player came between', async () => {
    tables
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('None', 'ConditionalCheckFailed', 'None'))
      .resolves({});
    expect(await creditPlayer(completion)).toEqual({ credited: true });
    expect(tables.commandCalls(TransactWriteCommand)).toHaveLength(2);
  });

  test.each([
    ['others keep coming between', cancelled('None', 'ConditionalCheckFailed', 'None')],
    ['another transaction holds an item', cancelled('None', 'TransactionConflict', 'None')],
    ['DynamoDB throttles', Object.assign(new Error('slow down'), { name: 'ThrottlingException' })],
  ])('asks to be tried again when %s', async (_, error) => {
    tables.on(TransactWriteCommand).rejects(error);
    await expect(creditPlayer(completion)).rejects.toMatchObject({ name: 'TablesBusy' });
  });

  test('does not call a missing right busy', async () => {
    tables.on(TransactWriteCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await expect(creditPlayer(completion)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('crediting refuses', () => {
  test.each([
    ['nothing', undefined],
    ['a missing id', { ...completion, completionId: undefined }],
    ['an id with a slash', { ...completion, completionId: '../c' }],
    ['an id that looks like a mark', { ...completion, completionId: 'c-1#counted' }],
    ['a score in words', { ...completion, score: '100' }],
    ['a negative score', { ...completion, score: -1 }],
    ['half a level', { ...completion, level: 1.5 }],
    ['an endless duration', { ...completion, durationSeconds: Number.POSITIVE_INFINITY }],
    ['a date in words', { ...completion, completedAt: 'yesterday' }],
    ['a report that is kept elsewhere', { ...completion, reportKey: 'reports/level-3/../c-1' }],
  ])('%s', async (_, input) => {
    await expect(creditPlayer(input)).rejects.toMatchObject({ name: 'InvalidInput' });
    expect(tables.calls()).toEqual([]);
  });
});
