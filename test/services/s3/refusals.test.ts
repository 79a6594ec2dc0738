import type { HttpRequest } from '../../../local/services/aws';
import { type Cloud, openS3 } from './cloud';

/** What S3 answers to requests that no SDK would send. */
let cloud: Cloud;
beforeEach(async () => {
  cloud = await openS3();
  await cloud.call('CreateBucket', { Bucket: 'bucket' });
});
afterEach(() => cloud.close());

async function send(method: string, target: string, body = '', headers: Record<string, string> = {}) {
  const { protocol } = cloud.service;
  if (protocol.kind !== 'http') throw new Error('S3 speaks REST');
  const url = new URL(`http://127.0.0.1${target}`);
  const request: HttpRequest = { method, url, target, headers, body: Buffer.from(body) };
  const response = await protocol.handle(request);
  return { status: response.status, body: Buffer.from(response.body).toString(), headers: response.headers };
}

test.each([
  ['malformed XML', 'POST', '/bucket?delete', '<Delete><Object></Delete>', 400, 'MalformedXML'],
  ['a document type', 'POST', '/bucket?delete', '<!DOCTYPE x [<!ENTITY a "b">]><Delete/>', 400, 'MalformedXML'],
  [
    'an unknown entity',
    'POST',
    '/bucket?delete',
    '<Delete><Object><Key>&x;</Key></Object></Delete>',
    400,
    'MalformedXML',
  ],
  ['deep nesting', 'POST', '/bucket?delete', '<a>'.repeat(1000), 400, 'MalformedXML'],
  ['nothing to delete', 'POST', '/bucket?delete', '<Delete/>', 400, 'MalformedXML'],
  ['an unknown method', 'PATCH', '/bucket/key', '', 405, 'MethodNotAllowed'],
  ['what is not here', 'GET', '/bucket?versions', '', 501, 'NotImplemented'],
  ['a wrong page size', 'GET', '/bucket?max-keys=-1', '', 400, 'InvalidArgument'],
  ['a wrong token', 'GET', '/bucket?list-type=2&continuation-token=xyz', '', 400, 'InvalidArgument'],
  ['a key of no bucket', 'GET', '/nowhere/key', '', 404, 'NoSuchBucket'],
])('%s is refused', async (_, method, target, body, status, code) => {
  const response = await send(method, target, body);
  expect(response.status).toBe(status);
  expect(response.body).toContain(`<Code>${code}</Code>`);
  expect(response.body).toContain(`<RequestId>${response.headers['x-amz-request-id']}</RequestId>`);
});

test.each([
  ['cut off', '5\r\nab'],
  ['without a size', 'hello\r\n'],
  ['of another length', '2\r\nab\r\n0\r\n\r\n'],
])('a chunked body %s is refused', async (_, body) => {
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '5' };
  const response = await send('PUT', '/bucket/key', body, headers);
  expect(response.body).toContain('<Code>IncompleteBody</Code>');
});

test('a body other than the signed one is refused', async () => {
  const response = await send('PUT', '/bucket/key', 'x', { 'x-amz-content-sha256': '0'.repeat(64) });
  expect(response.body).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
});

test('a header cannot be broken out of', async () => {
  await cloud.call('PutObject', { Bucket: 'bucket', Key: 'k', Body: '', ContentType: 'a/b\r\nx-evil: 1' });
  const stored = await send('GET', '/bucket/k');
  const asked = await send('GET', '/bucket/k?response-content-type=a%0d%0ax-evil:%201');
  for (const { headers } of [stored, asked]) {
    for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
  }
});
