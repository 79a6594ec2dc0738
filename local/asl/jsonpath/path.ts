import type { JsonObject } from '../json';
import type { FunctionName } from './functions';

/** A parsed JSONPath: where it starts, the steps from there, and the function at its end if there is one. */
export interface Path {
  readonly source: string;
  /** `$` the state's input, `$$` the context object, or a variable. */
  readonly root: { kind: 'input' } | { kind: 'context' } | { kind: 'variable'; name: string } | { kind: 'current' };
  readonly segments: readonly Segment[];
  /** Identifies at most one node (so it answers a value, or fails); otherwise it answers an array of what it found. */
  readonly definite: boolean;
  readonly fn?: FunctionName;
}

export type Segment =
  | { kind: 'property'; name: string }
  | { kind: 'properties'; names: readonly string[] }
  | { kind: 'index'; index: number }
  | { kind: 'indexes'; indexes: readonly number[] }
  | { kind: 'slice'; from?: number; to?: number }
  | { kind: 'wildcard' }
  | { kind: 'filter'; test: Test }
  /** `..`: the node and everything below it, in document order; the next segment is applied to each. */
  | { kind: 'scan' };

/** A filter's condition: `[?(…)]`. */
export type Test =
  | { kind: 'and' | 'or'; tests: readonly Test[] }
  | { kind: 'not'; test: Test }
  | { kind: 'exists'; path: Path }
  | { kind: 'compare'; operator: Operator; left: Operand; right: Operand };

export type Operand =
  | { kind: 'path'; path: Path }
  | { kind: 'value'; value: JsonObject[string] }
  | { kind: 'pattern'; pattern: RegExp };

export const OPERATORS = [
  '===',
  '!==',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  '=~',
  'subsetof',
  'noneof',
  'anyof',
  'contains',
  'empty',
  'size',
  'nin',
  'all',
  'in',
] as const;

export type Operator = (typeof OPERATORS)[number];
