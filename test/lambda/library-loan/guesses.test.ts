import { createHash, randomBytes } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { hashLink, LoanKeys } from '../../../lambda/library-loan/keys';
import { aLoan, environment, secret } from './loan';

/**
 * Guessed links against the real handler, in this process: the gateway in front of it adds nothing to a guess but time.
 * Its tables are maps that hold a thousand loans. `npm run attacks` makes as many guesses as a test's name says, `npm test` a tenth.
 */
const guessed = process.env.ATTACKS === 'full' ? 100_000 : 10_000;

Object.assign(process.env, environment);
const { handler } = require('../../../lambda/library-loan/reader-page.lambda');
const { tables } = require('../../../lambda/library-loan/tables');

const keys = new LoanKeys(secret);
const ids = Array.from({ length: 1000 }, (_, index) => `loan-${index}`);
const links = new Map(ids.map((loanId) => [hashLink(keys.linkToken(loanId)), loanId]));
const pages = ['renew', 'return', 'report-lost'];
const methods = ['GET', 'HEAD', 'POST'];
let writes: number;
let hits: number;

beforeEach(() => {
  mockClient(SecretsManagerClient).on(GetSecretValueCommand).resolves({ SecretString: secret });
  [writes, hits] = [0, 0];
  // A mock would remember each of the calls.
  tables.send = async (command: { input: { Key: Record<string, string> } }) => {
    if (!(command instanceof GetCommand)) {
      writes += 1;
      return {};
    }
    const { linkHash = '', loanId = '' } = command.input.Key;
    const found = linkHash ? links.get(linkHash) : undefined;
    if (found) hits += 1;
    if (linkHash) return { Item: found && { loanId: found, expiresAt: Date.now() / 1000 + 1e6 } };
    return { Item: aLoan({ loanId }) };
  };
});

const visit = (linkToken: string, page = 'renew', method = 'GET') =>
  handler({ requestContext: { http: { method } }, pathParameters: { linkToken, page }, body: 'period=0&nonce=1.x' });

/** Distinct answers to these tokens, by page and method in turn. */
async function answersTo(tokens: Iterable<string>): Promise<Set<string>> {
  const answers = new Set<string>();
  let turn = 0;
  for (const token of tokens) {
    const method = methods[turn % 3] as string;
    const answer = await visit(token, pages[(turn >> 2) % 3], method);
    answers.add(JSON.stringify(method === 'HEAD' ? { ...answer, body: 'as ever' } : answer));
    turn += 1;
  }
  return answers;
}

test('the tables know the links that were mailed', async () => {
  const { statusCode, body } = await visit(keys.linkToken('loan-7'));
  expect({ statusCode, hits, asks: body.includes('<form') }).toEqual({ statusCode: 200, hits: 1, asks: true });
});

test('100,000 random tokens: no hit, no write, and one and the same answer', async () => {
  const guesses = function* () {
    for (let count = 0; count < guessed; count += 1) yield randomBytes(32).toString('base64url');
  };
  const answers = await answersTo(guesses());
  expect({ hits, writes }).toEqual({ hits: 0, writes: 0 });
  // With a page, and without one for HEAD.
  expect(answers.size).toBe(2);
  for (const answer of answers) expect(JSON.parse(answer)).toMatchObject({ statusCode: 404 });
}, 60_000);

test('tokens that are nearly right are as wrong', async () => {
  const link = keys.linkToken('loan-7');
  const bytes = Buffer.from(link, 'base64url');
  const flipped = Array.from({ length: 256 }, (_, bit) => {
    const near = Buffer.from(bytes);
    near[bit >> 3] = (near[bit >> 3] as number) ^ (1 << (bit & 7));
    return near.toString('base64url');
  });
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // The last letter's two lowest bits belong to no byte: other letters say the same 32 bytes, and are wrong all the same.
  const others = [...alphabet].map((letter) => link.slice(0, -1) + letter).filter((other) => other !== link);
  const dressed = [
    link.slice(0, -1),
    `${link}A`,
    `${link}=`,
    ` ${link}`,
    `${link}\n`,
    `${link}%00`,
    `${link}/../${link}`,
    link.toLowerCase(),
    hashLink(link),
    createHash('sha256').update(link).digest('base64url'),
    'loan-7',
    Buffer.from('loan-7'.padEnd(32)).toString('base64url'),
    '__proto__',
    'x'.repeat(100_000),
    '',
  ];
  const answers = await answersTo([...flipped, ...others, ...dressed]);
  expect({ hits, writes, answers: answers.size }).toEqual({ hits: 0, writes: 0, answers: 2 });
});
