import {
  hasAuthorization,
  readSignature,
  type SignedRequest,
  signRequest,
  verifySignature,
} from '../../local/services/sigv4';
import { identity } from './wire/parts';
import { signer } from './wire/signing';

const signingDate = new Date('2026-03-01T12:00:00Z');

interface Wanted {
  service?: string;
  path?: string;
  query?: Record<string, string | string[]>;
  body?: string;
  headers?: Record<string, string>;
  method?: string;
}

function unsigned({ path = '/', query = {}, body = '', headers = {}, method = 'POST' }: Wanted) {
  const host = '127.0.0.1:4566';
  return {
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: 4566,
    path,
    query,
    body,
    headers: { host, ...headers },
  };
}

type Unsigned = ReturnType<typeof unsigned>;

/** A signed request as a server sees it. */
function received(
  request: Pick<Unsigned, 'method' | 'path' | 'body'> & { query?: unknown; headers: Record<string, string> },
): SignedRequest {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = Object.entries((request.query ?? {}) as Record<string, string | string[]>).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encode(name)}=${encode(one)}`),
  );
  return {
    method: request.method,
    url: new URL(`http://127.0.0.1:4566${request.path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(request.body),
  };
}

async function signed(wanted: Wanted = {}): Promise<SignedRequest> {
  const request = await signer(wanted.service ?? 'states').sign(unsigned(wanted), { signingDate });
  return received(request as never);
}

async function presigned(wanted: Wanted = {}, expiresIn = 600): Promise<SignedRequest> {
  // As S3's own presigner does.
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const request = await signer('s3').presign(unsigned({ method: 'GET', headers, ...wanted }), {
    signingDate,
    expiresIn,
  });
  return received(request as never);
}

test.each<[string, Wanted]>([
  ['a JSON call', { body: '{"a":"é"}', headers: { 'x-amz-target': 'AWSStepFunctions.X', 'content-type': 'a;  b' } }],
  [
    'a path with encoded characters',
    { service: 'lambda', path: '/2015-03-31/functions/arn%3Aaws%3Alambda/invocations' },
  ],
  ['a query with everything in it', { service: 'ses', query: { b: ['2', '1'], a: 'x y+/é&=', c: '' } }],
  ['an S3 key with everything in it', { service: 's3', path: '/bucket/a%20b/%2B%C3%A9~%28x%29' }],
  ['an unsigned payload', { service: 's3', body: 'x', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }],
  [
    'a streamed payload',
    { service: 's3', body: '1;chunk', headers: { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' } },
  ],
])('accepts %s', async (_name, wanted) => {
  expect(verifySignature(await signed(wanted), identity)).toBe(true);
});

test.each<[string, (request: SignedRequest) => void, string]>([
  ['method', (request) => Object.assign(request, { method: 'PUT' }), 'SignatureDoesNotMatch'],
  ['path', (request) => Object.assign(request.url, { pathname: '/other' }), 'SignatureDoesNotMatch'],
  ['query', (request) => Object.assign(request.url, { search: '?a=1' }), 'SignatureDoesNotMatch'],
  ['signed header', (request) => Object.assign(request.headers, { 'x-amz-target': 'Other' }), 'SignatureDoesNotMatch'],
  ['host', (request) => Object.assign(request.headers, { host: 'evil.example' }), 'SignatureDoesNotMatch'],
  ['date', (request) => Object.assign(request.headers, { 'x-amz-date': '20260301T120001Z' }), 'SignatureDoesNotMatch'],
  ['body', (request) => Object.assign(request, { body: Buffer.from('x') }), 'XAmzContentSHA256Mismatch'],
  [
    'signature',
    (request) =>
      Object.assign(request.headers, { authorization: request.headers.authorization?.slice(0, -64) + '0'.repeat(64) }),
    'SignatureDoesNotMatch',
  ],
  [
    'form',
    (request) => Object.assign(request.headers, { authorization: 'AWS4-HMAC-SHA256 nonsense' }),
    'IncompleteSignature',
  ],
  ['authorization', (request) => delete request.headers.authorization, 'MissingAuthenticationToken'],
])('refuses a changed %s', async (_name, change, code) => {
  const request = await signed({ body: '{}', headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' } });
  change(request);
  expect(verifySignature(request, identity)).toMatchObject({ code });
});

test('refuses another key, another secret, another service', async () => {
  const request = await signed();
  expect(verifySignature(request, { ...identity, accessKeyId: 'other' })).toMatchObject({
    code: 'UnrecognizedClientException',
  });
  expect(verifySignature(request, { ...identity, secretAccessKey: 'x' })).toMatchObject({
    code: 'SignatureDoesNotMatch',
  });
  expect(verifySignature(request, identity, { service: 'execute-api' })).toMatchObject({
    code: 'SignatureDoesNotMatch',
  });
  expect(verifySignature(request, identity, { service: 'states' })).toBe(true);
});

test('a presigned URL is good until it expires by the clock given', async () => {
  const request = await presigned({ path: '/bucket/a%20b', query: { 'response-content-type': 'text/html' } });
  const at = (seconds: number) => verifySignature(request, identity, { now: signingDate.getTime() + seconds * 1000 });
  expect(at(0)).toBe(true);
  expect(at(-86_400)).toBe(true);
  expect(at(600)).toBe(true);
  expect(at(602)).toEqual({ code: 'AccessDenied', message: 'Request has expired' });
  request.url.searchParams.set('X-Amz-Expires', '6000');
  expect(at(0)).toMatchObject({ code: 'SignatureDoesNotMatch' });
});

test('tells who signed for what, verified or not', async () => {
  const scope = { accessKeyId: identity.accessKeyId, date: '20260301', region: 'us-east-1' };
  expect(readSignature(await signed())?.scope).toEqual({ ...scope, service: 'states' });
  expect(readSignature(await presigned())?.scope).toEqual({ ...scope, service: 's3' });
  expect(readSignature({ url: new URL('http://127.0.0.1/'), headers: {} })).toBeUndefined();
});

describe('signing a request', () => {
  const at = { region: 'us-east-1', now: signingDate.getTime() };

  test.each<[string, Wanted]>([
    ['of a JSON service', { service: 'states', body: '{"a":"é"}', headers: { 'x-amz-target': 'AWSStepFunctions.X' } }],
    ['with an encoded path', { service: 'lambda', path: '/2015-03-31/functions/arn%3Aaws%3Alambda/invocations' }],
    ['with a query', { service: 'ses', query: { b: ['2', '1'], a: 'x y+/é&=', c: '' } }],
  ])('gives what the SDK gives: one %s', async (_name, wanted) => {
    const service = wanted.service as string;
    const theirs = await signed(wanted);
    const { authorization, ...headers } = theirs.headers;
    expect(signRequest({ ...theirs, headers }, identity, { service, ...at })).toEqual({ ...headers, authorization });
    const request = received(unsigned(wanted) as never);
    const ours = { ...request, headers: signRequest(request, identity, { service, ...at }) };
    expect(verifySignature(ours, identity, { service })).toBe(true);
  });

  test('carries a session token, and for S3 the hash of the body', async () => {
    const request = received(unsigned({ body: 'x' }) as never);
    const headers = signRequest(request, { ...identity, sessionToken: 'session' }, { service: 's3', ...at });
    expect(headers['x-amz-security-token']).toBe('session');
    expect(headers.authorization).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,');
    expect(verifySignature({ ...request, headers }, identity, { service: 's3' })).toBe(true);
  });
});

test('an Authorization header is recognised by its form alone, a query is none', async () => {
  const request = await signed();
  expect(hasAuthorization({ ...request, body: Buffer.from('changed') })).toBe(true);
  expect(hasAuthorization({ ...request, headers: {} })).toMatchObject({ code: 'MissingAuthenticationToken' });
  expect(hasAuthorization(await presigned())).toMatchObject({ code: 'MissingAuthenticationToken' });
  const basic = await presigned();
  basic.headers.authorization = 'Basic eDp5';
  expect(hasAuthorization(basic)).toMatchObject({ code: 'IncompleteSignature' });
});

test('a header may name its parts in any order, and must have all of them', async () => {
  const request = await signed();
  const [, credential, signedHeaders, signature] =
    /(Credential=\S+), (SignedHeaders=\S+), (Signature=\S+)/.exec(request.headers.authorization ?? '') ?? [];
  const verdictOn = (...parts: Array<string | undefined>) => {
    const authorization = `AWS4-HMAC-SHA256 ${parts.join(', ')}`;
    return verifySignature({ ...request, headers: { ...request.headers, authorization } }, identity);
  };
  const incomplete = { code: 'IncompleteSignature' };
  expect(verdictOn(credential, signedHeaders, signature)).toBe(true);
  expect(verdictOn(signature, credential, signedHeaders)).toBe(true);
  expect(verdictOn(credential, signature, signedHeaders)).toBe(true);
  expect(verdictOn(credential, signedHeaders)).toMatchObject(incomplete);
  expect(verdictOn(credential, `${signedHeaders};${signature?.slice(-64)}`)).toMatchObject(incomplete);
  expect(verdictOn(credential, signedHeaders, signature?.slice(0, -1))).toMatchObject(incomplete);
  expect(verdictOn(signedHeaders, signature)).toMatchObject(incomplete);
});
