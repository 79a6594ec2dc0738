import { isObject, type Json, type JsonObject } from '../json';
import { checkOneOf, type Fields } from './fields';
import { checkParameters } from './parameters';
import type { Place } from './place';
import { isActivity, resource } from './resource';
import { objectTemplate, template } from './template';
import { integer, orExpression, type Rule, referencePath } from './values';

const MAX_SECONDS = 99_999_999;
const seconds = orExpression(integer(1, MAX_SECONDS));

const credentials: Rule = (value, place) => {
  if (!isObject(value)) return place.error('Expected value of type Object');
  const dynamic = place.language === 'JSONPath' && value['RoleArn.$'] !== undefined;
  if (value.RoleArn === undefined && !dynamic) place.error("The field 'RoleArn' is required but was missing");
  template(value, place);
};

export const taskFields: Fields = {
  Resource: resource,
  Parameters: template,
  Arguments: template,
  ResultSelector: objectTemplate,
  TimeoutSeconds: seconds,
  TimeoutSecondsPath: referencePath,
  HeartbeatSeconds: seconds,
  HeartbeatSecondsPath: referencePath,
  Credentials: credentials,
};

/** What concerns several fields of a Task at once. */
export function checkTask(state: JsonObject, place: Place): void {
  checkOneOf(state, place, ['TimeoutSeconds', 'TimeoutSecondsPath']);
  checkOneOf(state, place, ['HeartbeatSeconds', 'HeartbeatSecondsPath']);
  if (
    isNumber(state.TimeoutSeconds) &&
    isNumber(state.HeartbeatSeconds) &&
    state.HeartbeatSeconds >= state.TimeoutSeconds
  ) {
    place.field('HeartbeatSeconds').error("'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'");
  }
  if (state.Credentials !== undefined && isActivity(state.Resource)) {
    place.field('Credentials').error("The field 'Credentials' is not supported for activities");
  }
  checkParameters(state, place);
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number';
}
