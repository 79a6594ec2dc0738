import { OPERATORS } from '../choice/comparators';
import { isObject, type Json } from '../json';
import { parseTimestamp } from '../timestamp';
import { assign } from './assign';
import { checkFields, checkOneOf, type Fields } from './fields';
import type { Place } from './place';
import { template } from './template';
import { choicePath, filledText, flag, orExpression, type Rule, text } from './values';

const SELECTORS = ['And', 'Or', 'Not', 'Variable', 'Condition'];

const number: Rule = (value, place) => {
  if (typeof value !== 'number') place.error('Expected value of type Float');
};

const timestamp: Rule = (value, place) => {
  if (typeof value !== 'string' || parseTimestamp(value) === undefined)
    place.error('String does not match RFC3339 timestamp');
};

function operandRule(operator: string): Rule {
  if (operator.endsWith('Path')) return choicePath;
  if (operator.startsWith('String')) return text;
  if (operator.startsWith('Numeric')) return number;
  return operator.startsWith('Timestamp') ? timestamp : flag;
}

const comparisons: Fields = Object.fromEntries(OPERATORS.map((operator) => [operator, operandRule(operator)]));

/** A test: a comparison, And, Or, Not of tests, or a JSONata condition. Only the outermost has a Next. */
const nested: Rule = (value, place) => {
  checkTest(value, place, {}, []);
};

const tests: Rule = (value, place) => {
  if (!Array.isArray(value)) return place.error('Expected value of type Array');
  if (value.length === 0) place.error('Value cannot be empty');
  for (const [i, test] of value.entries()) nested(test, place.item(i));
};

const rule: Rule = (value, place) => {
  checkTest(value, place, { Next: filledText, Assign: assign, Output: template }, ['Next']);
};

const rules: Rule = (value, place) => {
  if (!Array.isArray(value)) return place.error('Expected value of type Array');
  if (value.length === 0) place.error('Value cannot be empty');
  for (const [i, item] of value.entries()) rule(item, place.item(i));
};

export const choiceFields: Fields = { Choices: rules, Default: filledText };

function checkTest(value: Json, place: Place, more: Fields, required: string[]): void {
  const fields: Fields = {
    ...comparisons,
    Comment: text,
    And: tests,
    Or: tests,
    Not: nested,
    Variable: choicePath,
    Condition: orExpression(flag),
    ...more,
  };
  checkFields(value, place, fields, required);
  if (!isObject(value)) return;
  if (SELECTORS.filter((name) => value[name] !== undefined).length !== 1) {
    place.error(`The object must have only one of the following fields, [${SELECTORS.join(', ')}]`);
  } else if (value.Variable !== undefined) {
    checkOneOf(value, place, OPERATORS, true);
  }
}
