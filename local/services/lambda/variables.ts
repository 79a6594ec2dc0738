import type { Identity } from '../identity';
import { sessionToken } from '../role-session';
import { nodePath } from './layer-paths';
import { functionSession } from './session';
import type { FunctionSpec } from './spec';

/**
 * The environment of a function's process: its own variables and those that Lambda sets, nothing of this machine's.
 * See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 *
 * @param endpoint where the function finds the AWS APIs
 */
export function variablesOf(
  spec: FunctionSpec,
  logStream: string,
  identity: Identity,
  endpoint: string,
): Record<string, string> {
  const session = functionSession(spec, identity);
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    AWS_ENDPOINT_URL: endpoint,
    ...spec.environment,
    NODE_PATH: nodePath(spec),
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    ...(session && { AWS_SESSION_TOKEN: sessionToken(session) }),
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: spec.codeDirectory,
    _HANDLER: spec.handler,
  };
}
