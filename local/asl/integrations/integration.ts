import { type Optimized, operationOf, optimized } from './optimized';
import { RequestModel } from './requests';

/** Owns which service integrations there are: what the `Resource` of a Task means, if AWS knows it. */
export interface Integration {
  readonly kind: 'optimized' | 'aws-sdk';
  readonly service: string;
  readonly action: string;
  /** '' for request-response, 'sync', 'sync:2', 'waitForTaskToken'. */
  readonly pattern: string;
  readonly optimized?: Optimized;
}

const INTEGRATION = /^arn:[a-z-]+:states:[a-z0-9-]*:[0-9]*:(?!activity:)(.+)$/;
const PARTS = /^(aws-sdk:)?([a-z0-9-]+):([A-Za-z0-9]+)(?:\.(sync|sync:2|waitForTaskToken))?$/;

/** Whether an ARN means to be a service integration: `arn:aws:states:::…`. */
export function isIntegrationArn(arn: string): boolean {
  return INTEGRATION.test(arn);
}

/** Undefined if AWS does not recognise the integration, or if the ARN is none of an integration. */
export function integrationOf(arn: string): Integration | undefined {
  const [, sdk, service = '', action = '', pattern = ''] = PARTS.exec(INTEGRATION.exec(arn)?.[1] ?? '') ?? [];
  if (sdk) return isSdkCall(service, action, pattern) ? { kind: 'aws-sdk', service, action, pattern } : undefined;
  const found = optimized(service, action);
  if (!found || (pattern !== '' && !found.patterns.includes(pattern))) return undefined;
  return { kind: 'optimized', service, action, pattern, optimized: found };
}

/** Jobs are for the optimised integrations; a token may travel in any request. */
function isSdkCall(service: string, action: string, pattern: string): boolean {
  if (pattern !== '' && pattern !== 'waitForTaskToken') return false;
  const model = RequestModel.of(service);
  // Of a service without a model every action may be one.
  return model === null || (model?.has(operationOf(action)) === true && /^[a-z]/.test(action));
}
