import { createHash, createHmac } from 'node:crypto';
import type { CloudEndpoints } from '../assembly/cloud';
import { CommandFailure } from './command';

/**
 * Calls an operation of Step Functions on a running local cloud: JSON 1.0, signed with SigV4
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * @throws CommandFailure with AWS's error name and text, or when nobody answers
 */
export async function callStepFunctions(
  endpoints: Pick<CloudEndpoints, 'aws' | 'credentials'>,
  operation: string,
  input: object,
  // biome-ignore lint/suspicious/noExplicitAny: the shape of whichever operation was called.
): Promise<any> {
  const body = JSON.stringify(input);
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    host: new URL(endpoints.aws).host,
    'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
    'x-amz-target': `AWSStepFunctions.${operation}`,
  };
  const authorization = sign(headers, body, endpoints.credentials);
  let response: Response;
  try {
    response = await fetch(endpoints.aws, { method: 'POST', headers: { ...headers, authorization }, body });
  } catch (error) {
    throw new CommandFailure(`No local cloud answers at ${endpoints.aws}: ${(error as Error).message}`);
  }
  const answer = JSON.parse(await response.text());
  if (response.ok) return answer;
  const code = String(answer.__type ?? response.status).replace(/^.*#/, '');
  throw new CommandFailure(`${code}: ${answer.message ?? answer.Message ?? response.statusText}`);
}

function sign(
  headers: Readonly<Record<string, string>> & { readonly 'x-amz-date': string },
  body: string,
  { accessKeyId, secretAccessKey, region }: CloudEndpoints['credentials'],
): string {
  const names = Object.keys(headers).sort();
  const signed = names.join(';');
  const canonical = ['POST', '/', '', ...names.map((name) => `${name}:${headers[name]}`), '', signed, sha256(body)];
  const date = headers['x-amz-date'].slice(0, 8);
  const scope = [date, region, 'states', 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical.join('\n'))].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, text).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
