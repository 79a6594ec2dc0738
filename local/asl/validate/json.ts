import { MAX_DEPTH } from '../depth';

/**
 * Reads JSON as AWS's parser (Jackson) does, for what JSON.parse does not tell: where a text breaks, in AWS's words, and
 * on which line each value stands. Without recursion, so that no nesting exhausts the stack.
 */
export interface JsonProblem {
  readonly message: string;
  /** `[Source: (String)"…"; line: 1, column: 4]`, as AWS gives it for the location. */
  readonly source: string;
  readonly line: number;
}

export interface JsonScan {
  readonly problem?: JsonProblem;
  /** The line of each value by its location, `/States/Wait/Choices[0]`; deep ones are left out. */
  readonly lines: ReadonlyMap<string, number>;
  readonly duplicates: readonly DuplicateName[];
}

/** Locations are not needed below; it bounds the memory that they take. */
const MAX_LOCATED_DEPTH = 50;
/** So much of the text does Jackson quote. */
const MAX_QUOTED = 500;

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** Scans a whole text; a problem ends the scan. */
export function scanJson(text: string): JsonScan {
  const scanner = new Scanner(text);
  try {
    scanner.document();
    // The last word on what is JSON has the parser that everybody else uses.
    JSON.parse(text);
    return scanner.found();
  } catch (error) {
    const problem = error instanceof Broken ? error.problem : scanner.describe((error as Error).message);
    return { problem, ...scanner.found() };
  }
}

class Broken extends Error {
  constructor(readonly problem: JsonProblem) {
    super(problem.message);
  }
}

interface Container {
  kind: 'Object' | 'Array';
  start: string;
  path: string;
  items: number;
  names: Set<string>;
}

/** A name that stands twice in one object; JSON.parse keeps the last and says nothing. */
export interface DuplicateName {
  /** The location of the object. */
  readonly path: string;
  readonly name: string;
}

class Scanner {
  private readonly lines = new Map<string, number>();
  private readonly duplicates: DuplicateName[] = [];
  private position = 0;
  private line = 1;
  private lineStart = 0;
  private readonly open: Container[] = [];

  constructor(private readonly text: string) {}

  document(): void {
    this.value('');
    while (this.open.length > 0) this.next(this.open.at(-1) as Container);
    this.space();
    if (this.position < this.text.length) this.unexpected('was expecting the end of the document');
  }

  found(): Pick<JsonScan, 'lines' | 'duplicates'> {
    return { lines: this.lines, duplicates: this.duplicates };
  }

  /** One value of a container, or its end. */
  private next(container: Container): void {
    const close = container.kind === 'Object' ? '}' : ']';
    this.space();
    if (this.at(close)) {
      this.position++;
      this.open.pop();
      return;
    }
    if (container.items > 0) {
      if (!this.at(',')) this.missing(`was expecting comma to separate ${container.kind} entries`, container);
      this.position++;
      this.space();
    }
    const index = container.items++;
    if (container.kind === 'Array') this.value(`${container.path}[${index}]`);
    else this.value(`${container.path}/${this.name(container)}`);
  }

  private name(container: Container): string {
    if (!this.at('"')) this.missing('was expecting double-quote to start field name', container);
    const name = this.string('field name');
    if (container.names.has(name)) this.duplicates.push({ path: container.path, name });
    container.names.add(name);
    this.space();
    if (!this.at(':')) this.missing('was expecting a colon to separate field name and value', container);
    this.position++;
    return name;
  }

  private value(path: string): void {
    this.space();
    if (this.open.length < MAX_LOCATED_DEPTH) this.lines.set(path || '/', this.line);
    const char = this.text[this.position];
    if (char === '{' || char === '[') this.enter(char === '{' ? 'Object' : 'Array', path);
    else if (char === '"') this.string('VALUE_STRING');
    else this.scalar();
  }

  private enter(kind: Container['kind'], path: string): void {
    this.open.push({ kind, path, start: this.source(), items: 0, names: new Set() });
    this.position++;
    if (this.open.length > MAX_DEPTH) {
      this.fail(`Document nesting depth (${this.open.length}) exceeds the maximum allowed (${MAX_DEPTH})`);
    }
  }

  private string(what: string): string {
    const start = this.position;
    const body = this.match(/"(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y);
    if (this.at('"')) {
      this.position++;
      return JSON.parse(this.text.slice(start, this.position)) as string;
    }
    if (body === undefined || this.position >= this.text.length) this.fail(`Unexpected end-of-input in ${what}`);
    const char = this.text[this.position++] as string;
    if (char === '\\') {
      const escaped = this.text[this.position++] ?? this.fail(`Unexpected end-of-input in ${what}`);
      this.fail(`Unrecognized character escape ${shown(escaped)}`);
    }
    this.fail(
      `Illegal unquoted character ((CTRL-CHAR, code ${char.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
    );
  }

  private scalar(): void {
    if (this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y) !== undefined) return;
    const word = this.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/uy);
    if (word === 'true' || word === 'false' || word === 'null') return;
    if (word !== undefined) this.fail(`Unrecognized token '${word}': was expecting ${VALUES}`);
    if (this.match(/-?0\d/y) !== undefined) this.fail('Invalid numeric value: Leading zeroes not allowed');
    this.missing(`expected a valid value ${VALUES}`, this.open.at(-1));
  }

  private space(): void {
    for (;;) {
      const char = this.text[this.position];
      if (char === '\n') {
        this.line++;
        this.lineStart = this.position + 1;
      } else if (char !== ' ' && char !== '\t' && char !== '\r') return;
      this.position++;
    }
  }

  private at(char: string): boolean {
    return this.text[this.position] === char;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** Something else stands where something was needed, or the text is over. */
  private missing(expected: string, container: Container | undefined): never {
    if (this.position < this.text.length) this.unexpected(expected);
    if (container === undefined) this.fail('No content to map due to end-of-input');
    this.fail(
      `Unexpected end-of-input: expected close marker for ${container.kind} (start marker at ${container.start})`,
    );
  }

  private unexpected(expected: string): never {
    this.fail(`Unexpected character (${shown(this.text[this.position++] as string)}): ${expected}`);
  }

  private fail(message: string): never {
    throw new Broken(this.describe(message));
  }

  describe(message: string): JsonProblem {
    return { message, source: this.source(), line: this.line };
  }

  private source(): string {
    const more = this.text.length - MAX_QUOTED;
    const quoted = `"${this.text.slice(0, MAX_QUOTED)}"${more > 0 ? `[truncated ${more} chars]` : ''}`;
    return `[Source: (String)${quoted}; line: ${this.line}, column: ${this.position - this.lineStart + 1}]`;
  }
}

function shown(char: string): string {
  return `'${char}' (code ${char.codePointAt(0)})`;
}
