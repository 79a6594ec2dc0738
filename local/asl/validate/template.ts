import { isIntrinsicCall, miscountedFunctions } from '../intrinsics';
import { isObject, type Json } from '../json';
import { isPath } from '../jsonpath';
import { checkJsonataTemplate } from './jsonata';
import type { Place } from './place';
import type { Rule } from './values';

/**
 * A payload template in the state's language: in JSONPath, fields whose name ends in `.$` hold a path or an intrinsic
 * function call; in JSONata, any string may be an expression.
 */
export const template: Rule = (value, place) => {
  if (place.language === 'JSONata') checkJsonataTemplate(value, place);
  else checkPayload(value, place);
};

export const objectTemplate: Rule = (value, place) => {
  if (isObject(value)) template(value, place);
  else place.error('Expected value of type Object');
};

/** AWS locates findings at the template as a whole. */
function checkPayload(value: Json, place: Place): void {
  if (Array.isArray(value)) for (const item of value) checkPayload(item, place);
  if (!isObject(value)) return;
  for (const [name, field] of Object.entries(value)) {
    if (name.endsWith('.$')) checkReference(name, field, place);
    else if (typeof field !== 'string') checkPayload(field, place);
    else if (looksDynamic(field)) {
      place.warn(
        `The field '${name}' looks like a JSONPath or an intrinsic function, but its name does not end in '.$'`,
        'NO_DOLLAR',
      );
    }
  }
}

function checkReference(name: string, value: Json, place: Place): void {
  const intrinsic = typeof value === 'string' && isIntrinsicCall(value);
  if (!intrinsic && !(typeof value === 'string' && isPath(value))) {
    place.error(`The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`);
  }
  for (const miscounted of intrinsic ? miscountedFunctions(value) : []) {
    place.warn(`Invalid arguments in ${miscounted} of the field '${name}'`, 'INVALID_INTRINSIC_ARGUMENTS');
  }
}

/** Whether a literal string was probably meant to be evaluated. */
export function looksDynamic(value: string): boolean {
  return (/^\$\$?[.[]/.test(value) && isPath(value)) || isIntrinsicCall(value);
}
