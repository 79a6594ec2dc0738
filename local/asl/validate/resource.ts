import { integrationOf, isIntegrationArn } from '../integrations/integration';
import type { Json } from '../json';
import type { Place } from './place';
import type { Rule } from './values';

/** AWS does not look at region and account here. */
const ARN = /^arn:[a-z-]+:[a-z0-9-]+:[^:]*:[^:]*:.+$/;
const ACTIVITY = /^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:activity:.+$/;

export function isActivity(value: Json | undefined): boolean {
  return typeof value === 'string' && ACTIVITY.test(value);
}

/** A Task's `Resource`: a Lambda function, an activity, or a service integration that exists. */
export const resource: Rule = (value, place) => {
  if (typeof value !== 'string') return place.error('Expected value of type String');
  if (!ARN.test(value)) return place.error('Value is not a valid resource ARN');
  if (isIntegrationArn(value) && !integrationOf(value)) {
    place.error(
      `The resource provided ${value} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    );
    return;
  }
  if (place.type === 'EXPRESS') checkExpress(value, place);
  place.checkRuns(value);
};

/** Express executions are over within five minutes: nothing in them may wait for the world. */
function checkExpress(arn: string, place: Place): void {
  if (isActivity(arn)) place.error('Express state machine does not support Activity ARN');
  if (/\.sync(:2)?$/.test(arn)) place.error("Express state machine does not support '.sync' service integration");
  // The blank at the end is AWS's.
  if (arn.endsWith('.waitForTaskToken')) {
    place.error("Express state machine does not support '.waitForTaskToken' service integration ");
  }
}
