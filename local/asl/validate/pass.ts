import { isObject, type Json } from '../json';
import type { Fields } from './fields';
import { looksDynamic, template } from './template';
import type { Rule } from './values';

/** A Pass state's `Result` is taken as it stands: nothing in it is evaluated. */
const result: Rule = (value, place) => {
  if (mentionsPath(value))
    place.warn("A path in the 'Result' of a Pass state is not evaluated", 'PASS_RESULT_IS_STATIC');
};

export const passFields: Fields = { Result: result, Parameters: template };

function mentionsPath(value: Json): boolean {
  if (typeof value === 'string') return looksDynamic(value);
  if (Array.isArray(value)) return value.some(mentionsPath);
  return isObject(value) && Object.values(value).some(mentionsPath);
}
