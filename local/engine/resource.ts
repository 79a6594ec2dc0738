import type { JsonObject } from '../asl/json';
import { errorDetails, inputDetails, outputDetails } from './events';

/**
 * The three kinds of work that a Task's `Resource` names, each with history events of its own: a Lambda function by its
 * ARN, an activity, a service integration.
 */
export interface Resource {
  readonly kind: 'lambda' | 'activity' | 'service';
  readonly pattern: 'requestResponse' | 'sync' | 'waitForTaskToken';
  /** How its events begin: 'LambdaFunction', 'Activity', 'Task'. */
  readonly prefix: string;
  /** What an oversized result is blamed on. */
  readonly subject: string;
  /** Members that all its events carry. */
  readonly common: JsonObject;
  /** Those of …Scheduled, without timeouts. */
  scheduled(parametersText: string, region: string): JsonObject;
}

export function resourceOf(arn: string): Resource {
  const [, , service, , , type] = arn.split(':');
  if (service === 'lambda') {
    return {
      kind: 'lambda',
      pattern: 'requestResponse',
      prefix: 'LambdaFunction',
      subject: arn,
      common: {},
      scheduled: (text) => ({ resource: arn, ...inputDetails(text) }),
    };
  }
  if (service === 'states' && type === 'activity') {
    return {
      kind: 'activity',
      pattern: 'requestResponse',
      prefix: 'Activity',
      subject: arn,
      common: {},
      scheduled: (text) => ({ resource: arn, ...inputDetails(text) }),
    };
  }
  const [, resourceType = '', action = ''] = /^arn:[^:]*:states:[^:]*:[^:]*:((?:aws-sdk:)?[^:]*):(.*)$/.exec(arn) ?? [];
  return {
    kind: 'service',
    pattern: patternOf(action),
    prefix: 'Task',
    subject: resourceType,
    common: { resourceType, resource: action },
    scheduled: (parameters, region) => ({ region, parameters }),
  };
}

function patternOf(action: string): Resource['pattern'] {
  if (action.endsWith('.waitForTaskToken')) return 'waitForTaskToken';
  return /\.sync(:\d+)?$/.test(action) ? 'sync' : 'requestResponse';
}

export function succeededDetails(resource: Resource, outputText: string): JsonObject {
  return { ...resource.common, ...outputDetails(outputText) };
}

export function failedDetails(resource: Resource, error?: string, cause?: string): JsonObject {
  return { ...resource.common, ...errorDetails(error, cause) };
}
