import { createHash } from 'node:crypto';
import type { Expression } from 'jsonata';
import type { JsonataScope } from '../jsonata';

/**
 * The functions that Step Functions adds to JSONata or replaces.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
export function registerFunctions(expression: Expression): void {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn:a<n>>');
  expression.registerFunction('hash', hash, '<s-s:s>');
  expression.registerFunction('parse', (text?: string) => text && JSON.parse(text), '<s-:x>');
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
