import { createHash, createHmac } from 'node:crypto';

/**
 * Owns pre-signed URLs of S3 (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html): who has one may do
 * this one thing until it expires. By hand, since the SDK's S3 client would be half as large again as a whole function.
 */
export interface Signable {
  readonly method: 'GET' | 'HEAD';
  readonly bucket: string;
  /** Letters, digits and `/ - _ .` only: nothing that a URL would have to escape. */
  readonly key: string;
  readonly expiresInSeconds: number;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region: string;
  /** Where S3 is, if not at AWS: 'http://127.0.0.1:4566'. The bucket is then part of the path. */
  readonly endpoint?: string | undefined;
}

/** Signs with the role's credentials, which Lambda leaves in the environment. */
export function signerFromEnvironment(): Signer {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN, AWS_REGION = '' } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
    region: AWS_REGION,
    endpoint: process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined,
  };
}

/** @param now ms since the epoch, from which on the URL holds */
export function presign({ method, bucket, key, expiresInSeconds }: Signable, signer: Signer, now: number): string {
  if (!/^[A-Za-z0-9/_.-]+$/.test(key)) throw new Error(`The key ${key} cannot be signed here`);
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = date.slice(0, 8);
  const scope = `${day}/${signer.region}/s3/aws4_request`;
  const base = signer.endpoint
    ? new URL(`${signer.endpoint.replace(/\/$/, '')}/${bucket}/${key}`)
    : new URL(`https://${bucket}.s3.${signer.region}.amazonaws.com/${key}`);
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${signer.accessKeyId}/${scope}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ...(signer.sessionToken ? [['X-Amz-Security-Token', signer.sessionToken]] : []),
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const request = [method, base.pathname, query, `host:${base.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(request).digest('hex')].join('\n');
  const signingKey = [day, signer.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${signer.secretAccessKey}`,
  );
  const signature = createHmac('sha256', signingKey).update(toSign).digest('hex');
  return `${base.origin}${base.pathname}?${query}&X-Amz-Signature=${signature}`;
}
