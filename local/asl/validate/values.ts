import { isIntrinsic, isIntrinsicCall } from '../intrinsics';
import type { Json } from '../json';
import { isPath, isReferencePath } from '../jsonpath';
import { checkExpression, isExpression } from './jsonata';
import type { Place } from './place';

/** Checks one field's value. Rules are plain functions, so that a state's table of fields reads like its documentation. */
export type Rule = (value: Json, place: Place) => void;

export const anything: Rule = () => {};

export const text: Rule = (value, place) => {
  if (typeof value !== 'string') place.error('Expected value of type String');
};

export const filledText: Rule = (value, place) => {
  text(value, place);
  if (value === '') place.error('Value cannot be empty');
};

export const flag: Rule = (value, place) => {
  if (typeof value !== 'boolean') place.error('Expected value of type Boolean');
};

export function oneOf(...allowed: string[]): Rule {
  return (value, place) => {
    if (!allowed.includes(value as string))
      place.error(`Value should be one of the following: [${allowed.join(', ')}]`);
  };
}

/** A number of the range; in JSONata states also an expression, where the field allows one. */
export function integer(minimum: number, maximum = Number.POSITIVE_INFINITY): Rule {
  return (value, place) => {
    if (!Number.isInteger(value)) return place.error('Expected value of type Integer');
    range(value as number, minimum, maximum, String, place);
  };
}

export function decimal(minimum: number, maximum = Number.POSITIVE_INFINITY): Rule {
  return (value, place) => {
    if (typeof value !== 'number') return place.error('Expected value of type Float');
    range(value, minimum, maximum, (limit) => limit.toFixed(1), place);
  };
}

function range(value: number, minimum: number, maximum: number, show: (limit: number) => string, place: Place): void {
  if (value < minimum) place.error(`Minimum value is ${show(minimum)}`);
  if (value > maximum) place.error(`Maximum value is ${show(maximum)}`);
}

/** The rule, or in a JSONata state instead of the value an expression that makes one. */
export function orExpression(rule: Rule): Rule {
  return (value, place) => {
    if (place.language === 'JSONata' && isExpression(value)) checkExpression(value as string, place);
    else rule(value, place);
  };
}

export const path: Rule = (value, place) => {
  if (typeof value !== 'string' || !isPath(value)) place.error('Value must be a valid JSONPath.');
};

export const pathOrNull: Rule = (value, place) => {
  if (value !== null) path(value, place);
};

export const pathOrIntrinsic: Rule = (value, place) => {
  if (typeof value === 'string' && isIntrinsic(value)) {
    if (!isIntrinsicCall(value)) place.error('Value must be a valid JSONPath or a valid intrinsic function call');
  } else path(value, place);
};

export const referencePath: Rule = (value, place) => {
  if (typeof value !== 'string' || !isPath(value)) path(value, place);
  else if (!isReferencePath(value)) place.error('Value is not a Reference Path');
};

/** Only ItemsPath may read the context object. */
export const itemsPath: Rule = (value, place) => {
  if (typeof value === 'string' && value.startsWith('$$')) path(value, place);
  else referencePath(value, place);
};

/** Where a result goes: into the input, never into a variable; null drops it. */
export const resultPath: Rule = (value, place) => {
  if (value === null) return;
  referencePath(value, place);
  if (typeof value === 'string' && isReferencePath(value) && !/^\$(?:[.[]|$)/.test(value)) {
    place.error('Value is not a Reference Path');
  }
};

/** What stands in a Choice rule's `Variable` and `…Path`. */
export const choicePath: Rule = (value, place) => {
  if (typeof value !== 'string') place.error('Expected value of type String');
  else if (!value.startsWith('$')) place.error("Value is not a Reference Path: Reference path didn't start with '$'");
  else if (!isPath(value)) place.error('Value is not a Reference Path');
};

/** All items of an array that has at least one. */
export function listOf(rule: Rule): Rule {
  return (value, place) => {
    if (!Array.isArray(value)) return place.error('Expected value of type Array');
    if (value.length === 0) return place.error('Value cannot be empty');
    for (const [i, item] of value.entries()) rule(item, place.item(i));
  };
}
