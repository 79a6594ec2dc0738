import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../lib/config';
import { LibraryLoanStack } from '../../lib/library-loan/library-loan-stack';
import { SharedStack } from '../../lib/shared/shared-stack';
import { synthesize } from '../assembly/synthesize';
import { World } from './world';

/** The library with a token issuer instead of IAM, by its configuration: an OpenID Connect provider on this machine. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
let issuer: string;
const provider = createServer(({ url }, response) => {
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }];
  response.end(JSON.stringify(url === '/keys' ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }));
});
let world: World;

beforeAll(async () => {
  await new Promise<void>((ready) => provider.listen(0, '127.0.0.1', ready));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const library = { deskAuthorizer: { issuer, audience: ['desk'], scopes: ['loans'] } };
  const config = readConfig((key) => (key === 'stepwright' ? { dev: { library } } : undefined));
  // The library alone: the other stacks know nothing of it.
  const assemblyDir = synthesize((app) => {
    const { operations } = new SharedStack(app, 'StepwrightShared', { config });
    new LibraryLoanStack(app, 'StepwrightLibraryLoan', { config, operations });
  });
  world = await World.begin({ assemblyDir });
}, 120_000);
afterAll(async () => {
  await world?.end();
  await new Promise((closed) => provider.close(closed));
});

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(more: object = {}, key = privateKey): string {
  const now = Math.floor(world.now / 1000);
  const claims = { iss: issuer, aud: 'desk', sub: 'ada', scope: 'loans', iat: now, exp: now + 300, ...more };
  const text = `${base64({ alg: 'RS256', kid: 'one' })}.${base64(claims)}`;
  return `${text}.${createSign('SHA256').update(text).sign(key).toString('base64url')}`;
}

async function ask(method: string, path: string, bearer?: string, body?: object) {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const response = await fetch(new URL(path, world.libraryUrl), {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, challenge, body: (await response.json()) as Record<string, unknown> };
}

const wanted = { itemId: 'momo', title: 'Momo', customer: { name: 'Ida', email: 'ida@example.com' } };

test('a token of the issuer lends, looks, and cancels; the mailed page asks for none', async () => {
  const { status, body } = await ask('POST', '/loans', token(), wanted);
  expect(status).toBe(201);
  await world.settle();
  expect(await ask('GET', `/loans/${body.loanId}`, token())).toMatchObject({ status: 200, body: { status: 'onLoan' } });
  const [, page = ''] = /(http\S+\/return)/.exec(world.mails('ida@example.com')[0]?.text ?? '') ?? [];
  expect((await fetch(page)).status).toBe(200);
  expect((await ask('POST', `/loans/${body.loanId}/cancel`, token())).status).toBe(202);
  await world.settle();
});

test.each<[string, () => string | undefined, number, string]>([
  ['none', () => undefined, 401, 'Bearer'],
  ['one that has expired', () => token({ exp: Math.floor(world.now / 1000) - 1 }), 401, 'expired'],
  ['one that another key signed', () => token({}, stranger.privateKey), 401, 'signature'],
  ['one of another issuer', () => token({ iss: 'https://evil.example' }), 401, 'issuer'],
  ['one for another audience', () => token({ aud: 'game' }), 401, 'audience'],
  ['one without the scope', () => token({ scope: 'read' }), 403, 'insufficient_scope'],
])('who brings %s is refused by every route, and nothing changes', async (_, bearer, status, challenge) => {
  const before = await world.tables();
  for (const [method, path, body] of [
    ['POST', '/loans', { ...wanted, itemId: 'stolen' }],
    ['GET', '/loans?status=onLoan', undefined],
    ['GET', '/items/momo', undefined],
    ['PUT', '/items/momo', { title: 'Stolen' }],
    ['POST', '/items/momo/restore', undefined],
    ['DELETE', '/items/momo/holds/1', undefined],
  ] as const) {
    const answer = await ask(method, path, bearer(), body);
    expect({ path, ...answer }).toMatchObject({ path, status, challenge: expect.stringContaining(challenge) });
  }
  await world.settle();
  expect(await world.tables()).toEqual(before);
});

test('a signature that IAM would take is none here', async () => {
  expect((await world.library('GET', '/items/momo')).status).toBe(401);
});
