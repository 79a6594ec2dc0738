import type { CloudEndpoints } from '../assembly/cloud';
import { signRequest } from '../services/sigv4';
import { CommandFailure } from './command';

/**
 * Calls an operation of Step Functions on a running local cloud: JSON 1.0, signed.
 * @throws CommandFailure with AWS's error name and text, or when nobody answers
 */
export async function callStepFunctions(
  endpoints: Pick<CloudEndpoints, 'aws' | 'credentials'>,
  operation: string,
  input: object,
  // biome-ignore lint/suspicious/noExplicitAny: the shape of whichever operation was called.
): Promise<any> {
  const { aws, credentials } = endpoints;
  const body = JSON.stringify(input);
  const url = new URL(aws);
  const unsigned = {
    'content-type': 'application/x-amz-json-1.0',
    host: url.host,
    'x-amz-target': `AWSStepFunctions.${operation}`,
  };
  const headers = signRequest({ method: 'POST', url, headers: unsigned, body: Buffer.from(body) }, credentials, {
    service: 'states',
    region: credentials.region,
    now: Date.now(),
  });
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, body });
  } catch (error) {
    throw new CommandFailure(`No local cloud answers at ${aws}: ${(error as Error).message}`);
  }
  const answer = JSON.parse(await response.text());
  if (response.ok) return answer;
  const code = String(answer.__type ?? response.status).replace(/^.*#/, '');
  throw new CommandFailure(`${code}: ${answer.message ?? answer.Message ?? response.statusText}`);
}
