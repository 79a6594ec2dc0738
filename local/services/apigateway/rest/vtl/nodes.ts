/** What a template says, parsed. Its language is VTL as Velocity 1.7 has it, which API Gateway runs (docs/decisions/0011). */
export interface Template {
  readonly body: readonly Node[];
  /** By name, wherever in the template they stand. */
  readonly macros: ReadonlyMap<string, Macro>;
}

export interface Macro {
  readonly parameters: readonly string[];
  readonly body: readonly Node[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | ReferenceNode
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | { readonly kind: 'foreach'; readonly variable: string; readonly items: Expression; readonly body: readonly Node[] }
  | MacroCall
  | { readonly kind: 'define'; readonly variable: string; readonly body: readonly Node[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'stop' };

/** A reference that is printed; behind an odd number of backslashes as it is written, if it has a value. */
export interface ReferenceNode {
  readonly kind: 'print';
  readonly reference: Reference;
  /** Whether nothing is printed where there is no value ('$!x'), instead of the reference itself. */
  readonly quiet: boolean;
  readonly backslashes: number;
}

export interface Branch {
  /** Undefined for '#else'. */
  readonly test: Expression | undefined;
  readonly body: readonly Node[];
}

export interface MacroCall {
  readonly kind: 'call';
  readonly name: string;
  readonly parameters: readonly Expression[];
  /** Printed where there is no such macro. */
  readonly source: string;
  /** Of '#@name() … #end'. */
  readonly body?: readonly Node[];
}

export interface Reference {
  readonly kind: 'reference';
  readonly name: string;
  readonly path: readonly Step[];
  /** As it is written: '$!{order.items[0]}' */
  readonly source: string;
}

export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'index'; readonly index: Expression };

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | bigint | boolean | Fraction }
  /** A text in double quotes with references or directives in it. */
  | { readonly kind: 'interpolated'; readonly body: readonly Node[] }
  | Reference
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'map'; readonly entries: ReadonlyArray<readonly [Expression, Expression]> }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** A number of Java's type Double that is whole, which Java tells from an integer: 1.0. */
export class Fraction {
  constructor(readonly value: number) {}
}

/** A template cannot be parsed or run to its end; the message is for who wrote it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
