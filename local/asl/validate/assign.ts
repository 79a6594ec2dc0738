import { isObject } from '../json';
import { template } from './template';
import type { Rule } from './values';

/** Unicode's rules for identifiers, as AWS asks for. */
const NAME = /^\p{ID_Start}\p{ID_Continue}*$/u;
const MAX_NAME_LENGTH = 80;

/** The variables that a state sets: their names, and the expressions of their values. */
export const assign: Rule = (value, place) => {
  if (!isObject(value)) return place.error('Expected value of type Object');
  for (const key of Object.keys(value)) {
    const name = place.language === 'JSONPath' && key.endsWith('.$') ? key.slice(0, -2) : key;
    const problem = problemOf(name);
    if (name === 'states') place.error("Cannot assign to reserved variable '$states'.", 'RESERVED_VARIABLE_NAME');
    else if (problem) place.error(`Invalid variable name '${name}': ${problem}.`, 'INVALID_VARIABLE_NAME');
  }
  template(value, place);
};

function problemOf(name: string): string | undefined {
  if ([...name].length > MAX_NAME_LENGTH) return `the variable name is longer than ${MAX_NAME_LENGTH} characters`;
  return NAME.test(name) ? undefined : 'the variable name contains invalid characters';
}
