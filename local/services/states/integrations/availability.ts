import type { AwsServices } from '../../aws';
import { isSdkService } from './aws-sdk';
import { jobCall } from './jobs';
import { OPTIMIZED } from './optimized';
import { parseResource, type TaskResource } from './resource';
import { unsupportedText } from './task-errors';

/**
 * Why the task of a resource that AWS knows would fail here: the local cloud does not run the service, the operation or the
 * pattern, or the service is elsewhere and nobody has said where. Undefined if it is run, and for activities.
 */
export function notRunHere(aws: AwsServices, resource: string): string | undefined {
  if (/^arn:[^:]*:states:[^:]*:[^:]*:activity:/.test(resource)) return undefined;
  const calls = callsOf(parseResource(resource));
  if (!calls) return unsupportedText(resource);
  for (const [id, operation] of calls) {
    const service = aws.get(id);
    if (service?.missing) return service.missing;
    if (!service || service.operations?.has(operation) === false) return unsupportedText(resource);
  }
  return undefined;
}

type Calls = ReadonlyArray<readonly [service: string, operation: string]>;

function callsOf(resource: TaskResource): Calls | undefined {
  if (resource.kind === 'unknown') return undefined;
  if (resource.kind === 'function') return [['lambda', 'Invoke']];
  const { kind, service, action, pattern } = resource;
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  if (kind === 'aws-sdk') return isSdkService(service) ? [[service, operation]] : undefined;
  const job = pattern === 'sync:2' ? undefined : jobCall(service, action);
  if (job) return [job];
  switch (`${service}:${action}`) {
    case 'states:startExecution':
      return [['sfn', 'StartExecution']];
    case 'lambda:invoke':
      return [['lambda', 'Invoke']];
    case 'apigateway:invoke':
      return [];
    case 'http:invoke':
      return [
        ['eventbridge', 'DescribeConnection'],
        ['secretsmanager', 'GetSecretValue'],
      ];
    // A distributed Map reads and writes there.
    case 's3:getObject':
    case 's3:listObjectsV2':
    case 's3:putObject':
      return [['s3', operation]];
  }
  const integration = OPTIMIZED[`${service}:${action}`];
  const runs =
    integration && (pattern === 'requestResponse' || (pattern === 'waitForTaskToken' && integration.callback));
  return runs ? [[integration.id, integration.operation]] : undefined;
}
