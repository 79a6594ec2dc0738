import { isObject, type Json, type JsonObject } from '../json';
import type { Place } from './place';
import type { Rule } from './values';

/** The fields that an object may have, each with the check of its value. */
export type Fields = Readonly<Record<string, Rule>>;

/** Fields of JSONPath states alone, wherever in a state they stand, and of JSONata states alone. */
const JSONPATH_ONLY = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'ResultSelector',
  'Result',
  'ItemsPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'SecondsPath',
  'TimestampPath',
  'MaxConcurrencyPath',
  'ToleratedFailurePercentagePath',
  'ToleratedFailureCountPath',
  'MaxItemsPath',
  'MaxItemsPerBatchPath',
  'MaxInputBytesPerBatchPath',
  'ErrorPath',
  'CausePath',
  'Variable',
]);
const JSONATA_ONLY = new Set(['Arguments', 'Output', 'Items', 'Condition']);

/**
 * Checks an object against its fields: nothing unknown, nothing of the other query language, nothing required left
 * out; then each value by its rule. Answers the object, or undefined if there is none to look into further.
 */
export function checkFields(
  value: Json | undefined,
  place: Place,
  fields: Fields,
  required: readonly string[] = [],
): JsonObject | undefined {
  if (!isObject(value)) {
    place.error('Expected value of type Object');
    return undefined;
  }
  checkLanguage(Object.keys(value), place, fields);
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) place.error(`Field '${name}' is not supported`);
  }
  const missing = required.filter((name) => value[name] === undefined);
  if (missing.length > 0) place.error(`These fields are required: [${missing.join(', ')}]`);
  for (const [name, field] of Object.entries(value)) {
    if (Object.hasOwn(fields, name) && !isForeign(name, place)) fields[name]?.(field, place.field(name));
  }
  return value;
}

/** The object without the fields of the other query language. */
export function withoutForeign(value: JsonObject, place: Place): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !isForeign(name, place)));
}

function checkLanguage(names: string[], place: Place, fields: Fields): void {
  const other = place.language === 'JSONata' ? 'JSONPath' : 'JSONata';
  for (const name of names) {
    if (Object.hasOwn(fields, name) && isForeign(name, place)) {
      place.error(
        `The QueryLanguage is set to '${place.language}', but field '${name}' is only supported for the '${other}' QueryLanguage`,
      );
    }
  }
}

function isForeign(name: string, place: Place): boolean {
  return (place.language === 'JSONata' ? JSONPATH_ONLY : JSONATA_ONLY).has(name);
}

/** At most one of the fields may be there; with `needed`, exactly one. */
export function checkOneOf(value: JsonObject, place: Place, names: readonly string[], needed = false): void {
  const count = names.filter((name) => value[name] !== undefined).length;
  if (count > 1) place.error(`There should only be one of the following fields: [${names.join(', ')}]`);
  if (count === 0 && needed) {
    place.error(`This object should have only one of the following fields: [${names.join(', ')}]`);
  }
}
