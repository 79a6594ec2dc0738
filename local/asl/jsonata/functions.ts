import { createHash } from 'node:crypto';
import jsonata, { type Expression } from 'jsonata';
import { isTooDeep } from '../depth';
import { canonical } from '../equal';
import type { Json } from '../json';
import type { JsonataScope } from '../jsonata';
import { interruptible, ways } from '../regexp';

/**
 * The functions that Step Functions adds to JSONata or replaces.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
export function registerFunctions(expression: Expression): void {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn:a<n>>');
  expression.registerFunction('hash', hash, '<s-s:s>');
  expression.registerFunction('parse', (text?: string) => text && parse(text), '<s-:x>');
  expression.registerFunction('sort', sort, '<af?:a>');
  expression.registerFunction('distinct', distinct, '<x:x>');
  expression.registerFunction('toMillis', toMillis, '<s-s?:n>');
  expression.assign('eval', undefined);
}

/** Those whose answers come with the scope. */
export function functionsFor(scope: JsonataScope): Record<string, unknown> {
  return {
    random: (seed?: number) => (seed === undefined ? scope.random() : seeded(seed)),
    uuid: scope.uuid,
    shuffle: (items?: unknown[]) => items && shuffled(items, scope.random),
    millis: () => scope.now,
    now: now(scope.now),
  };
}

function parse(text: string): unknown {
  const value = JSON.parse(text) as Json;
  if (isTooDeep(value)) throw new RangeError('The JSON text is nested too deeply');
  return value;
}

function partition(items: unknown[] | undefined, size: number): unknown[][] | undefined {
  if (items === undefined) return undefined;
  const length = Math.floor(size);
  if (!(length > 0)) throw new RangeError('The chunk size of $partition must be a positive integer');
  return Array.from({ length: Math.ceil(items.length / length) }, (_, i) => items.slice(i * length, (i + 1) * length));
}

function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new RangeError('The increment of $range must not be zero');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (!(length <= 1_000_000)) throw new RangeError('The range is too large');
  return Array.from({ length }, (_, i) => first + i * step);
}

/** JSONata makes of each marker of the picture a group of a regular expression. */
async function toMillis(this: unknown, text?: string, picture?: string): Promise<unknown> {
  const { implementation } = await ownToMillis;
  const read = () => implementation.call(this, text, picture);
  const markers = (picture ?? '').split('[').length;
  return ways(text?.length ?? 0, markers) > 1_000_000 ? interruptible(read) : read();
}

const ownToMillis: Promise<{ implementation(text?: string, picture?: string): unknown }> =
  jsonata('$toMillis').evaluate(undefined);

type Comparator = (a: unknown, b: unknown) => unknown;

/** As JSONata's own, a stable merge sort that asks for the same pairs, in memory and time that fit the length. */
async function sort(items: unknown[] | undefined, comparator?: Comparator): Promise<unknown[] | undefined> {
  if (items === undefined || items.length <= 1) return items;
  if (comparator) return mergeSort(items, comparator);
  const type = typeof items[0];
  if ((type !== 'number' && type !== 'string') || items.some((item) => typeof item !== type)) {
    throw { code: 'D3070', index: 1 };
  }
  return items.slice().sort((a, b) => ((a as number) > (b as number) ? 1 : (a as number) < (b as number) ? -1 : 0));
}

async function mergeSort(items: unknown[], swaps: Comparator): Promise<unknown[]> {
  if (items.length <= 1) return items;
  const middle = Math.floor(items.length / 2);
  const left = await mergeSort(items.slice(0, middle), swaps);
  const right = await mergeSort(items.slice(middle), swaps);
  const merged: unknown[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    merged.push((await swaps(left[l], right[r])) ? right[r++] : left[l++]);
  }
  return merged.concat(left.slice(l), right.slice(r));
}

/** As JSONata's own, in linear time. */
function distinct(items: unknown): unknown {
  if (!Array.isArray(items) || items.length <= 1) return items;
  const seen = new Set<unknown>();
  const result = items.filter((item) => {
    const mark = typeof item === 'object' && item !== null ? `\0${canonical(item as Json)}` : item;
    const isNew = !seen.has(mark);
    seen.add(mark);
    return isNew;
  });
  return 'sequence' in items ? Object.defineProperty(result, 'sequence', { value: true, enumerable: false }) : result;
}

const ALGORITHMS: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(text: string | undefined, algorithm: string): string | undefined {
  if (text === undefined) return undefined;
  const known = ALGORITHMS[algorithm];
  if (!known) throw new TypeError(`Unknown hash algorithm: ${algorithm}`);
  return createHash(known).update(text, 'utf8').digest('hex');
}

/** In [0, 1); the same seed always gives the same number. */
function seeded(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUInt32BE() / 2 ** 32;
}

function shuffled(items: unknown[], random: () => number): unknown[] {
  const result = items.slice();
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** `$now(picture?, timezone?)`: JSONata's own `$fromMillis` formats it. */
function now(millis: number): unknown {
  return {
    _jsonata_function: true,
    implementation(this: { environment: Lookup }, picture?: string, timezone?: string) {
      return this.environment.lookup('fromMillis').implementation(millis, picture, timezone);
    },
  };
}

interface Lookup {
  lookup(name: string): { implementation(millis: number, picture?: string, timezone?: string): string };
}
