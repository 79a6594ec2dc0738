import type { Json, JsonObject } from '../../../asl/json';
import { isObject } from '../../../asl/json';
import { TaskError } from '../../../runtime/dispatch';
import { AwsError, type AwsShape } from '../../aws';
import type { Parts } from '../../parts';
import type { JobCaller } from './task-caller';

/** What a connection adds to a request. */
export interface Authorization {
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
  /** Members of a JSON body. */
  readonly body: Record<string, string>;
}

/** Reads the connection that an HTTP task names from EventBridge, and its secret from Secrets Manager, as AWS does. */
export async function connectionOf(
  parts: Parts,
  parameters: JsonObject,
  { signal, role }: JobCaller,
): Promise<Authorization> {
  const given = parameters.Authentication ?? parameters.InvocationConfig;
  const arn: Json | undefined = isObject(given) ? given.ConnectionArn : undefined;
  const name = typeof arn === 'string' ? /^arn:[^:]+:events:[^:]*:[^:]*:connection\/([^/]+)/.exec(arn)?.[1] : undefined;
  if (name === undefined) throw new TaskError('States.Runtime', `'${arn}' is not the ARN of a connection`, 'start');
  const caller = { via: 'states', signal };
  try {
    parts.aws.authorize('eventbridge', 'RetrieveConnectionCredentials', { ConnectionArn: arn }, role);
    const { SecretArn } = await parts.aws.call('eventbridge', 'DescribeConnection', { Name: name }, caller);
    const { SecretString } = await parts.aws.call(
      'secretsmanager',
      'GetSecretValue',
      { SecretId: SecretArn },
      { ...caller, role },
    );
    return authorizationOf(JSON.parse(SecretString));
  } catch (error) {
    const isDenied = error instanceof AwsError && error.code === 'AccessDeniedException';
    const name = `Events.ConnectionResource.${isDenied ? 'AccessDenied' : 'NotFound'}`;
    throw new TaskError(name, (error as Error).message);
  }
}

function authorizationOf(secret: AwsShape): Authorization {
  const { api_key_name, api_key_value, username, password, invocation_http_parameters: http } = secret;
  const list = (given: AwsShape[] | undefined) =>
    Object.fromEntries((given ?? []).map(({ key, value }) => [key, value]));
  const own =
    api_key_name === undefined
      ? { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
      : { [api_key_name]: api_key_value };
  return {
    headers: { ...list(http?.header_parameters), ...own },
    query: list(http?.query_string_parameters),
    body: list(http?.body_parameters),
  };
}
