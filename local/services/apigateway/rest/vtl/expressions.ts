import {
  type Expression,
  Fraction,
  type Node,
  type Operator,
  type Reference,
  type ReferenceNode,
  type Step,
  TemplateError,
} from './nodes';

/** By how closely they bind, the loosest first. */
const LEVELS: ReadonlyArray<readonly (readonly [RegExp, Operator])[]> = [
  [[/\|\||or\b/y, '||']],
  [[/&&|and\b/y, '&&']],
  [
    [/==|eq\b/y, '=='],
    [/!=|ne\b/y, '!='],
  ],
  [
    [/<=|le\b/y, '<='],
    [/>=|ge\b/y, '>='],
    [/<|lt\b/y, '<'],
    [/>|gt\b/y, '>'],
  ],
  [
    [/\+/y, '+'],
    // What looks like a negative number is one.
    [/-(?![\d.])/y, '-'],
  ],
  [
    [/\*/y, '*'],
    [/\//y, '/'],
    [/%/y, '%'],
  ],
];

const IDENTIFIER = /[a-zA-Z_][\w-]*/y;

/**
 * Owns the grammar of references and expressions. As in Velocity 1.7 methods, lists and maps take values and references, not
 * calculations, and texts know no escapes but their doubled quotes.
 */
export class ExpressionReader {
  #at = 0;

  /** @param parseText makes a template of a text in double quotes */
  constructor(
    private readonly source: string,
    private readonly parseText: (text: string) => Node[],
  ) {}

  get atEnd(): boolean {
    return this.#at >= this.source.length;
  }

  get position(): number {
    return this.#at;
  }

  since(begin: number): string {
    return this.source.slice(begin, this.#at);
  }

  sees(text: string): boolean {
    return this.source.startsWith(text, this.#at);
  }

  seesCall(): boolean {
    return this.#test(/[ \t]*\(/y);
  }

  character(): string {
    this.#at += 1;
    return this.source[this.#at - 1] as string;
  }

  /** @param pattern sticky */
  match(pattern: RegExp): string | undefined {
    return this.groups(pattern)?.[0];
  }

  groups(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source);
    if (found) this.#at = pattern.lastIndex;
    return found ?? undefined;
  }

  #test(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.source);
  }

  fail(fault: string): never {
    const before = this.source.slice(0, this.#at).split('\n');
    throw new TemplateError(`Line ${before.length}, column ${(before.at(-1) as string).length + 1}: ${fault}.`);
  }

  expect(text: string): void {
    this.#blanks();
    if (!this.sees(text)) this.#unexpected();
    this.#at += text.length;
  }

  expectWord(word: string): void {
    this.#blanks();
    if (this.match(IDENTIFIER) !== word) this.fail(`'${word}' is missing`);
  }

  #unexpected(): never {
    return this.fail(this.atEnd ? 'the template ends too soon' : `'${this.source[this.#at]}' is not expected`);
  }

  #blanks(): void {
    this.match(/\s+/y);
  }

  /** What is left of a line that nothing is on. */
  lineEnd(): void {
    this.match(/[ \t]*(?:\r\n|\r|\n)/y);
  }

  /** Of a directive, with the line end behind them. */
  inParentheses<T>(read: () => T): T {
    this.expect('(');
    const value = read();
    this.expect(')');
    this.lineEnd();
    return value;
  }

  /** What a macro is called with. */
  calledWith(): Expression[] {
    this.expect('(');
    const parameters = this.parameters();
    this.expect(')');
    return parameters;
  }

  identifier(): string {
    this.#blanks();
    return this.match(IDENTIFIER) ?? this.#unexpected();
  }

  /** '$name' */
  variable(): string {
    const { name, path } = this.reference();
    return path.length === 0 ? name : this.fail('a variable is expected');
  }

  variables(): string[] {
    const names: string[] = [];
    for (;;) {
      this.match(/[\s,]+/y);
      if (!this.sees('$')) return names;
      names.push(this.variable());
    }
  }

  /** In a text; undefined where '$' is no reference's. */
  printed(backslashes: number): ReferenceNode | undefined {
    if (!this.#test(/\$!?(?:\{\s*)?[a-zA-Z_]/y)) return undefined;
    const quiet = this.source[this.#at + 1] === '!';
    return { kind: 'print', reference: this.reference(), quiet, backslashes };
  }

  reference(): Reference {
    this.#blanks();
    const begin = this.#at;
    const opening = this.match(/\$!?\{?/y) ?? this.#unexpected();
    const name = this.match(IDENTIFIER) ?? this.#unexpected();
    const path = this.#steps();
    if (opening.endsWith('{') && this.match(/\}/y) === undefined) this.#unexpected();
    return { kind: 'reference', name, path, source: this.since(begin) };
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      if (this.#test(/\.[a-zA-Z_]/y)) {
        this.#at += 1;
        const name = this.match(IDENTIFIER) as string;
        if (!this.sees('(')) steps.push({ kind: 'property', name });
        else {
          this.#at += 1;
          const parameters = this.parameters();
          this.expect(')');
          steps.push({ kind: 'method', name, parameters });
        }
      } else if (this.sees('[')) {
        this.#at += 1;
        const index = this.parameter();
        this.expect(']');
        steps.push({ kind: 'index', index });
      } else return steps;
    }
  }

  /** Of a method or a macro: with commas between them, or blanks. */
  parameters(): Expression[] {
    const parameters: Expression[] = [];
    for (;;) {
      this.match(/[\s,]+/y);
      if (this.sees(')')) return parameters;
      parameters.push(this.parameter());
    }
  }

  expression(): Expression {
    return this.#level(0);
  }

  #level(at: number): Expression {
    const operators = LEVELS[at];
    if (!operators) return this.#operand();
    let left = this.#level(at + 1);
    for (;;) {
      this.#blanks();
      const operator = operators.find(([pattern]) => this.match(pattern) !== undefined)?.[1];
      if (!operator) return left;
      left = { kind: 'binary', operator, left, right: this.#level(at + 1) };
    }
  }

  #operand(): Expression {
    this.#blanks();
    if (this.match(/!|not\b/y) !== undefined) return { kind: 'not', operand: this.#operand() };
    if (!this.sees('(')) return this.parameter();
    this.#at += 1;
    const inner = this.expression();
    this.expect(')');
    return inner;
  }

  /** A value or a reference. */
  parameter(): Expression {
    this.#blanks();
    if (this.sees('$')) return this.reference();
    if (this.sees('[')) return this.#list();
    if (this.sees('{')) return this.#map();
    const number = this.match(/-?(?:\d+\.(?!\.)\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?|-?\d+/y);
    if (number !== undefined) return { kind: 'literal', value: numberOf(number) };
    const quoted = this.groups(/'((?:[^']|'')*)'|"((?:[^"]|"")*)"/y);
    if (quoted) return this.#text(quoted);
    const word = this.match(/(?:true|false)\b/y);
    return word === undefined ? this.#unexpected() : { kind: 'literal', value: word === 'true' };
  }

  #text([, single, double]: RegExpExecArray): Expression {
    if (single !== undefined) return { kind: 'literal', value: single.replaceAll("''", "'") };
    const text = (double as string).replaceAll('""', '"');
    if (!/[$#]/.test(text)) return { kind: 'literal', value: text };
    return { kind: 'interpolated', body: this.parseText(text) };
  }

  #list(): Expression {
    this.#at += 1;
    const items: Expression[] = [];
    for (;;) {
      this.match(/[\s,]+/y);
      if (this.match(/\]/y) !== undefined) return { kind: 'list', items };
      items.push(this.parameter());
      this.#blanks();
      if (items.length === 1 && this.match(/\.\./y) !== undefined) {
        const to = this.parameter();
        this.expect(']');
        return { kind: 'range', from: items[0] as Expression, to };
      }
    }
  }

  #map(): Expression {
    this.#at += 1;
    const entries: Array<[Expression, Expression]> = [];
    for (;;) {
      this.match(/[\s,]+/y);
      if (this.match(/\}/y) !== undefined) return { kind: 'map', entries };
      const key = this.parameter();
      this.expect(':');
      entries.push([key, this.parameter()]);
    }
  }
}

function numberOf(text: string): number | bigint | Fraction {
  const value = Number(text);
  if (/[.eE]/.test(text)) return Number.isInteger(value) ? new Fraction(value) : value;
  return Number.isSafeInteger(value) ? value : BigInt(text);
}
