import { presign } from '../../../lambda/shared/presign';

const signer = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const now = Date.parse('2013-05-24T00:00:00Z');
const request = { method: 'GET', bucket: 'examplebucket', key: 'test.txt', expiresInSeconds: 86_400 } as const;

test("is the URL of the example in AWS's documentation, but for the region in the host", () => {
  // The documented signature is of the host examplebucket.s3.amazonaws.com, which an endpoint of that name gives.
  const url = new URL(
    presign({ ...request, bucket: '.' }, { ...signer, endpoint: 'https://examplebucket.s3.amazonaws.com' }, now),
  );
  expect(url.origin).toBe('https://examplebucket.s3.amazonaws.com');
  expect(url.pathname).toBe('/test.txt');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
    'X-Amz-Date': '20130524T000000Z',
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  });
});

test('names the bucket in the host at AWS, in the path elsewhere', () => {
  expect(presign(request, signer, now)).toMatch(
    /^https:\/\/examplebucket\.s3\.us-east-1\.amazonaws\.com\/test\.txt\?X-Amz-/,
  );
  const local = presign(request, { ...signer, endpoint: 'http://127.0.0.1:4566' }, now);
  expect(local).toMatch(/^http:\/\/127\.0\.0\.1:4566\/examplebucket\/test\.txt\?X-Amz-/);
});

test('signs the session token of a role with everything else', () => {
  const url = new URL(presign(request, { ...signer, sessionToken: 'a/b+c=' }, now));
  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('a/b+c=');
  const other = new URL(presign(request, { ...signer, sessionToken: 'd' }, now));
  expect(other.searchParams.get('X-Amz-Signature')).not.toBe(url.searchParams.get('X-Amz-Signature'));
});

test.each(['a key', 'ä', 'a?b', ''])('refuses the key %j, which it would have to escape', (key) => {
  expect(() => presign({ ...request, key }, signer, now)).toThrow('cannot be signed');
});
