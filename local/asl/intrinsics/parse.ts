import { StatesError } from '../errors';
import { isPath } from '../jsonpath';
import { type FunctionName, isFunctionName } from './names';

/** A parsed invocation, `States.Name(argument, …)`. */
export interface Call {
  kind: 'call';
  name: FunctionName;
  args: Argument[];
}

export type Argument =
  | Call
  | { kind: 'path'; path: string }
  | { kind: 'value'; value: number | boolean | null }
  /** `raw` keeps the backslashes, by which States.Format tells `\{` from a placeholder. */
  | { kind: 'text'; value: string; raw: string };

/** AWS nests at most this many calls in one field. */
const MAX_NESTING = 10;

/** The text is no intrinsic function call. `validate` finds these before an execution can meet one. */
export class InvalidIntrinsic extends StatesError {
  constructor(expression: string, reason: string) {
    super('States.Runtime', `Invalid intrinsic function call '${expression}': ${reason}`);
  }
}

/** @throws InvalidIntrinsic */
export function parseIntrinsic(expression: string): Call {
  const parser = new Parser(expression);
  const call = parser.call(1);
  parser.end();
  return call;
}

class Parser {
  private position = 0;

  constructor(private readonly text: string) {}

  call(nesting: number): Call {
    const name = this.match(/\s*States\.(\w+)\s*\(/y)?.[1] ?? this.fail('expected a function');
    if (!isFunctionName(name)) return this.fail(`there is no function States.${name}`);
    if (nesting > MAX_NESTING) this.fail(`more than ${MAX_NESTING} calls are nested`);
    const args: Argument[] = [];
    if (this.match(/\s*\)/y)) return { kind: 'call', name, args };
    do args.push(this.argument(nesting));
    while (this.match(/\s*,/y));
    if (!this.match(/\s*\)/y)) this.fail("expected ',' or ')'");
    return { kind: 'call', name, args };
  }

  end(): void {
    if (!this.match(/\s*$/y)) this.fail('unexpected text after the call');
  }

  private argument(nesting: number): Argument {
    this.match(/\s*/y);
    const next = this.text[this.position];
    if (next === "'") return this.literal();
    if (next === '$') return this.path();
    if (this.text.startsWith('States.', this.position)) return this.call(nesting + 1);
    const word = this.match(/(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,)])/y)?.[0];
    if (word === undefined) return this.fail('expected an argument');
    if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' };
    return { kind: 'value', value: word === 'null' ? null : Number(word) };
  }

  /** `'…'`, in which only quotes, braces and the backslash itself may be escaped. */
  private literal(): Argument {
    const raw = this.match(/'((?:[^'\\]|\\['{}\\])*)'/y)?.[1];
    if (raw === undefined) return this.fail('a string is not closed or has an illegal escape');
    return { kind: 'text', raw, value: raw.replace(/\\(.)/g, '$1') };
  }

  /** A path ends at the next comma or parenthesis that is not inside brackets, parentheses or quotes of its own. */
  private path(): Argument {
    const start = this.position;
    let open = 0;
    for (; this.position < this.text.length; this.position++) {
      const char = this.text[this.position] as string;
      if (open === 0 && (char === ',' || char === ')')) break;
      if (char === '[' || char === '(') open++;
      else if (char === ']' || char === ')') open--;
      else if (open > 0 && (char === "'" || char === '"')) this.skipQuoted(char);
    }
    const path = this.text.slice(start, this.position).trim();
    if (!isPath(path)) this.fail(`'${path}' is not a JSONPath`);
    return { kind: 'path', path };
  }

  private skipQuoted(quote: string): void {
    this.position++;
    while (this.position < this.text.length && this.text[this.position] !== quote) {
      this.position += this.text[this.position] === '\\' ? 2 : 1;
    }
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.position += found[0].length;
    return found;
  }

  private fail(reason: string): never {
    throw new InvalidIntrinsic(this.text, `${reason} at position ${this.position}`);
  }
}
