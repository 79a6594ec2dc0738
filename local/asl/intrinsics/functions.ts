import type { Json } from '../json';
import type { Scope } from '../scope';
import { contains, item, partition, range, unique } from './arrays';
import { check, list, object } from './checks';
import { add, randomBetween } from './math';
import type { FunctionName } from './names';
import { decode, encode, format, hash, parseJson, split } from './text';

/**
 * What each intrinsic function does with its evaluated arguments, whose number has been checked. The template of Format
 * comes with its backslashes.
 */
export const FUNCTIONS: Record<FunctionName, (args: Json[], scope: Scope) => Json> = {
  Format: ([template, ...values]) => {
    check(typeof template === 'string');
    return format(template, values);
  },
  StringToJson: ([text]) => parseJson(text),
  JsonToString: ([value]) => JSON.stringify(value),
  Array: (values) => values,
  ArrayPartition: ([array, size]) => partition(array, size),
  ArrayContains: ([array, value]) => contains(array, value),
  ArrayRange: ([first, last, step]) => range(first, last, step),
  ArrayGetItem: ([array, index]) => item(array, index),
  ArrayLength: ([array]) => list(array).length,
  ArrayUnique: ([array]) => unique(array),
  Base64Encode: ([text]) => encode(text),
  Base64Decode: ([text]) => decode(text),
  Hash: ([text, algorithm]) => hash(text, algorithm),
  JsonMerge: ([first, second, deep]) => {
    // AWS knows only the shallow merge.
    check(deep === false);
    return { ...object(first), ...object(second) };
  },
  MathRandom: ([start, end, seed], scope) => randomBetween(start, end, seed, scope.random),
  MathAdd: ([a, b]) => add(a, b),
  StringSplit: ([text, delimiters]) => split(text, delimiters),
  UUID: (_, scope) => scope.uuid(),
};
