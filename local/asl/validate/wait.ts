import type { JsonObject } from '../json';
import { parseTimestamp } from '../timestamp';
import { checkOneOf, type Fields } from './fields';
import type { Place } from './place';
import { integer, orExpression, type Rule, referencePath } from './values';

const MAX_SECONDS = 99_999_999;

const timestamp: Rule = (value, place) => {
  if (typeof value !== 'string') place.error('Expected value of type String');
  else if (parseTimestamp(value) === undefined) place.error('String does not match RFC3339 timestamp');
};

export const waitFields: Fields = {
  Seconds: orExpression(integer(0, MAX_SECONDS)),
  SecondsPath: referencePath,
  Timestamp: orExpression(timestamp),
  TimestampPath: referencePath,
};

export function checkWait(state: JsonObject, place: Place): void {
  checkOneOf(state, place, ['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'], true);
}
