import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiServers } from '../../../local/services/apigateway/servers';
import { HttpApiService } from '../../../local/services/apigateway/service';
import { makeLambda, makeParts } from '../lambda/local-cloud';

/** Routes with a JWT authorizer, against an issuer on this machine that speaks OpenID Connect discovery. */
const parts = makeParts();
const { define, cleanUp } = makeLambda(parts);
const servers = new ApiServers(parts);
const apis = new HttpApiService(parts, servers);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let url = '';
let issuer = '';
let idp: Server;
let asked: string[] = [];
let isDown = false;
let keys: unknown[] = [];

beforeAll(async () => {
  keys = [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' },
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'curve', use: 'sig', alg: 'ES256' },
    { kty: 'RSA', kid: 'broken' },
    'no key',
  ];
  idp = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = isDown ? 503 : 200;
    const discovery = { issuer, jwks_uri: `${issuer}/keys` };
    response.end(JSON.stringify(request.url === '/pool/keys' ? { keys } : discovery));
  });
  await new Promise<void>((ready) => idp.listen(0, '127.0.0.1', ready));
  issuer = `http://127.0.0.1:${(idp.address() as AddressInfo).port}/pool`;
  const { arn } = await define('exports.handler = async (event) => event.requestContext.authorizer');
  ({ url } = await apis.create({ id: 'jwt1', name: 'Tokens' }));
  const route = (routeKey: string, scopes: string[], identitySource = '$request.header.Authorization') =>
    apis.putRoute('jwt1', {
      routeKey,
      integration: { type: 'LAMBDA', functionArn: arn, timeoutMs: 30_000 },
      authorization: { type: 'JWT', issuer, audience: ['desk', 'other'], identitySource, scopes },
    });
  route('GET /open', []);
  route('GET /scoped', ['loans/write', 'loans/admin']);
  route('GET /query', [], '$request.querystring.token');
});

afterAll(async () => {
  await servers.stop();
  await cleanUp();
  await parts.close();
  await new Promise((closed) => idp.close(closed));
});

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(parts.clock.now() / 1000);
const good = () => ({
  iss: issuer,
  aud: 'desk',
  sub: 'ada',
  exp: seconds() + 300,
  nbf: seconds() - 5,
  iat: seconds() - 5,
});

function token(claims: object, header: object = { alg: 'RS256', kid: 'one' }, key: KeyObject = rsa.privateKey): string {
  const { alg } = header as { alg?: string };
  const text = `${base64(header)}.${base64(claims)}`;
  const signer = createSign(`SHA${alg?.slice(2) ?? '256'}`).update(text);
  return `${text}.${signer.sign({ key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function visit(path: string, authorization?: string) {
  const response = await fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

test.each(['RS256', 'RS384', 'RS512'])(
  'a token that the issuer signed by %s lets in, with its claims as texts',
  async (alg) => {
    const claims = { ...good(), groups: ['a', 'b'], admin: true };
    expect(await visit('/open', `Bearer ${token(claims, { alg, kid: 'one' })}`)).toMatchObject({
      status: 200,
      body: { jwt: { claims: { sub: 'ada', exp: String(claims.exp), groups: '[a b]', admin: 'true' }, scopes: null } },
    });
  },
);

test('the token may come without Bearer, or in the query', async () => {
  expect((await visit('/open', token(good()))).status).toBe(200);
  expect((await visit(`/query?token=${token(good())}`)).status).toBe(200);
  expect((await visit('/query', `Bearer ${token(good())}`)).status).toBe(401);
});

test.each<[string, () => string, string]>([
  ['of another issuer', () => token({ ...good(), iss: 'https://evil.example' }), 'issuer'],
  ['for another audience', () => token({ ...good(), aud: ['x', 'y'] }), 'audience'],
  ['for no audience', () => token({ ...good(), aud: undefined }), 'audience'],
  ['for another audience, whatever its client', () => token({ ...good(), aud: 'x', client_id: 'desk' }), 'audience'],
  ['that has expired', () => token({ ...good(), exp: seconds() }), 'expired'],
  ['that never expires', () => token({ ...good(), exp: undefined }), 'expired'],
  ['that is not valid yet', () => token({ ...good(), nbf: seconds() + 60 }), 'not valid yet'],
  ['of the future', () => token({ ...good(), iat: seconds() + 60 }), 'future'],
  ['that another key signed', () => token(good(), undefined, other.privateKey), 'signature'],
  [
    'whose claims were changed',
    () => token(good()).replace(/\.[^.]+\./, `.${base64({ ...good(), sub: 'eve' })}.`),
    'signature',
  ],
  ['of an unknown key', () => token(good(), { alg: 'RS256', kid: 'two' }), 'signing key'],
  ['of a broken key', () => token(good(), { alg: 'RS256', kid: 'broken' }), 'signing key'],
  ['without a key id', () => token(good(), { alg: 'RS256' }), 'key id'],
  [
    'signed by an elliptic curve, which HTTP APIs do not take',
    () => token(good(), { alg: 'ES256', kid: 'curve' }, ec.privateKey),
    'algorithm',
  ],
  ['signed by nobody', () => `${base64({ alg: 'none', kid: 'one' })}.${base64(good())}.x`, 'algorithm'],
  [
    'signed with the public key as a secret',
    () => `${base64({ alg: 'HS256', kid: 'one' })}.${base64(good())}.x`,
    'algorithm',
  ],
  ['of two parts', () => `${base64({ alg: 'RS256', kid: 'one' })}.${base64(good())}`, 'malformed'],
  ['that is no JSON', () => 'x.y.z', 'malformed'],
  ['that is a list', () => `${base64([])}.${base64(good())}.x`, 'malformed'],
])('a token %s is refused', async (_, make, description) => {
  const { status, challenge, body } = await visit('/open', `Bearer ${make()}`);
  expect({ status, body }).toEqual({ status: 401, body: { message: 'Unauthorized' } });
  expect(challenge).toMatch(/^Bearer scope="" error="invalid_token" error_description="/);
  expect(challenge).toContain(description);
});

test('no token at all is refused', async () => {
  expect(await visit('/open')).toEqual({ status: 401, challenge: 'Bearer', body: { message: 'Unauthorized' } });
});

test('a client is an audience where a token names none', async () => {
  expect((await visit('/open', token({ ...good(), aud: undefined, client_id: 'other' }))).status).toBe(200);
});

test('a route with scopes asks for one of them', async () => {
  const scoped = (claims: object) => visit('/scoped', token({ ...good(), ...claims }));
  expect(await scoped({ scope: 'openid loans/write' })).toMatchObject({
    status: 200,
    body: { jwt: { scopes: ['openid', 'loans/write'] } },
  });
  expect((await scoped({ scp: ['loans/admin'] })).status).toBe(200);
  for (const claims of [{}, { scope: 'loans/read' }, { scope: 'loans/writes' }, { scp: [] }]) {
    expect(await scoped(claims)).toMatchObject({ status: 403, body: { message: 'Forbidden' } });
  }
});

test('a token is as old as the clock says', async () => {
  const bearer = token({ ...good(), exp: seconds() + 3600 });
  expect((await visit('/open', bearer)).status).toBe(200);
  await parts.clock.advanceTo(parts.clock.now() + 3_601_000);
  expect((await visit('/open', bearer)).challenge).toContain('expired');
});

test('the issuer is asked once for its keys, again for one that is new, and its failures are not kept', async () => {
  asked = [];
  await Promise.all([1, 2, 3].map(() => visit('/open', token(good()))));
  expect(asked).toEqual([]);
  keys.push({ ...other.publicKey.export({ format: 'jwk' }), kid: 'two' });
  const rotated = () => visit('/open', token(good(), { alg: 'RS256', kid: 'two' }, other.privateKey));
  expect((await rotated()).status).toBe(200);
  expect(asked).toEqual(['/pool/.well-known/openid-configuration', '/pool/keys']);

  jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  isDown = true;
  await parts.clock.advanceTo(parts.clock.now() + 3 * 3_600_000);
  expect((await rotated()).challenge).toContain('OIDC discovery endpoint communication error');
  isDown = false;
  expect((await rotated()).status).toBe(200);
});
