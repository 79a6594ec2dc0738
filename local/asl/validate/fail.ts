import type { JsonObject } from '../json';
import { checkOneOf, type Fields } from './fields';
import type { Place } from './place';
import { orExpression, pathOrIntrinsic, text } from './values';

export const failFields: Fields = {
  Error: orExpression(text),
  ErrorPath: pathOrIntrinsic,
  Cause: orExpression(text),
  CausePath: pathOrIntrinsic,
};

export function checkFail(state: JsonObject, place: Place): void {
  checkOneOf(state, place, ['Error', 'ErrorPath']);
  checkOneOf(state, place, ['Cause', 'CausePath']);
}
