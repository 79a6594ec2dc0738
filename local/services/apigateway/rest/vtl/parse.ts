import { ExpressionReader } from './expressions';
import { type Branch, type Macro, type MacroCall, type Node, type Template, TemplateError } from './nodes';

/**
 * Owns the grammar of templates: text, references, directives, comments. Which blanks and line ends are a part of a directive is Velocity
 * 1.7's: a line end behind it is, and so are blanks before '#set' if nothing else is between it and what it follows.
 */
const WORD = /#(?:\{([a-zA-Z_]\w*)\}|(@?[a-zA-Z_]\w*))/y;
/** They make templates of texts, which may come from requests, or of files, which API Gateway has not. */
const NOT_RUN = ['evaluate', 'include', 'parse'];
const DIRECTIVES = new Set([
  ...['if', 'elseif', 'else', 'end', 'foreach', 'break', 'stop', 'macro', 'define'],
  ...NOT_RUN,
]);

/** A directive of Velocity's that is not run. */
export class DirectiveNotRun extends TemplateError {
  constructor(readonly directive: string) {
    super(`${directive} is not run.`);
  }
}

/** @throws TemplateError */
export function parseTemplate(source: string): Template {
  const macros = new Map<string, Macro>();
  const parser = new Parser(source, macros);
  try {
    return { body: parser.whole(), macros };
  } catch (error) {
    if (error instanceof RangeError) throw new TemplateError('The template is nested too deeply.');
    throw error;
  }
}

class Parser {
  readonly #reader: ExpressionReader;
  #nodes: Node[] = [];
  #text = '';

  constructor(
    source: string,
    private readonly macros: Map<string, Macro>,
  ) {
    this.#reader = new ExpressionReader(source, (text) => new Parser(text, macros).whole());
  }

  whole(): Node[] {
    const { nodes, end } = this.#block();
    if (end !== undefined) this.#reader.fail(`#${end} without its beginning`);
    return nodes;
  }

  /** Up to the directive that ends the block, which is read, or the template's end. */
  #block(): { nodes: Node[]; end: string | undefined } {
    const outer = { nodes: this.#nodes, text: this.#text };
    this.#nodes = [];
    this.#text = '';
    let end: string | undefined;
    while (end === undefined && !this.#reader.atEnd) end = this.#next();
    this.#flush();
    const nodes = this.#nodes;
    this.#nodes = outer.nodes;
    this.#text = outer.text;
    return { nodes, end };
  }

  /** Reads one piece; answers the word of a directive that ends a block. */
  #next(): string | undefined {
    const plain = this.#reader.match(/[^$#\\]+/y);
    if (plain !== undefined) {
      this.#text += plain;
      return undefined;
    }
    const backslashes = this.#reader.match(/\\+(?=[$#])/y)?.length ?? 0;
    if (this.#reader.sees('#')) return this.#hash(backslashes);
    const printed = this.#reader.sees('$') ? this.#reader.printed(backslashes) : undefined;
    if (printed) this.#add(printed);
    else {
      this.#text += '\\'.repeat(backslashes) + this.#reader.character();
      this.#reader.match(/(?<=\$)!(?!\$)/y);
      this.#flush();
    }
    return undefined;
  }

  #hash(backslashes: number): string | undefined {
    const begin = this.#reader.position;
    if (this.#comment(backslashes)) return undefined;
    if (backslashes === 0) {
      const raw = this.#reader.match(/#\[\[[\s\S]*?\]\]#/y);
      if (raw !== undefined) {
        this.#text += raw.slice(3, -3);
        this.#flush();
        return undefined;
      }
    }
    const [written, braced, bare] = this.#reader.groups(WORD) ?? [];
    const word = braced ?? bare;
    if (word === undefined || !this.#isKnown(word, backslashes)) {
      this.#text += '\\'.repeat(backslashes) + (written ?? this.#reader.character());
      this.#flush();
      return undefined;
    }
    // As for references: two backslashes are one, and an odd one takes the directive's meaning.
    this.#text += '\\'.repeat(Math.floor(backslashes / 2));
    if (backslashes % 2 === 1 || (word === 'set' && !this.#reader.seesCall())) {
      this.#text += written;
      return undefined;
    }
    return this.#directive(word, begin);
  }

  #comment(backslashes: number): boolean {
    const found = this.#reader.match(/##[^\r\n]*(?:\r\n|\r|\n)?|#\*[\s\S]*?\*#/y) !== undefined;
    if (found) {
      this.#text += '\\'.repeat(backslashes);
      this.#flush();
    } else if (this.#reader.sees('#*')) this.#reader.fail('a comment without its end');
    return found;
  }

  /** A backslash before what is no directive is a text. */
  #isKnown(word: string, backslashes: number): boolean {
    return (
      word === 'set' || (backslashes > 0 ? DIRECTIVES.has(word) || this.macros.has(word) : this.#isDirective(word))
    );
  }

  /** Other words than these are directives only with parentheses: '#fff' is a colour. */
  #isDirective(word: string): boolean {
    return DIRECTIVES.has(word) || this.#reader.seesCall() || this.macros.has(word);
  }

  #directive(word: string, begin: number): string | undefined {
    const reader = this.#reader;
    switch (word) {
      case 'end':
      case 'else':
        reader.lineEnd();
        return word;
      case 'elseif':
        return word;
      case 'set':
        this.#set();
        return undefined;
      case 'if':
        this.#add(this.#if());
        return undefined;
      case 'foreach':
        this.#add(this.#foreach());
        return undefined;
      case 'macro':
        this.#macro();
        return undefined;
      case 'define': {
        const variable = reader.inParentheses(() => reader.variable());
        this.#add({ kind: 'define', variable, body: this.#body('define') });
        return undefined;
      }
      case 'break':
      case 'stop':
        this.#add({ kind: word });
        return undefined;
      default:
        if (NOT_RUN.includes(word)) throw new DirectiveNotRun(`#${word}`);
        this.#add(this.#call(word, begin));
        return undefined;
    }
  }

  #set(): void {
    const reader = this.#reader;
    if (/^[ \t]+$/.test(this.#text)) this.#text = '';
    const { target, value } = reader.inParentheses(() => {
      const left = reader.reference();
      reader.expect('=');
      return { target: left, value: reader.expression() };
    });
    this.#add({ kind: 'set', target, value });
  }

  #if(): Node {
    const branches: Branch[] = [];
    let test: Branch['test'] = this.#reader.inParentheses(() => this.#reader.expression());
    for (;;) {
      const { nodes, end } = this.#block();
      branches.push({ test, body: nodes });
      if (end === 'end') return { kind: 'if', branches };
      if (end === undefined || branches.at(-1)?.test === undefined) this.#reader.fail('#if without #end');
      test = end === 'elseif' ? this.#reader.inParentheses(() => this.#reader.expression()) : undefined;
    }
  }

  #foreach(): Node {
    const reader = this.#reader;
    const { variable, items } = reader.inParentheses(() => {
      const name = reader.variable();
      reader.expectWord('in');
      return { variable: name, items: reader.parameter() };
    });
    return { kind: 'foreach', variable, items, body: this.#body('foreach') };
  }

  #macro(): void {
    const reader = this.#reader;
    const { name, parameters } = reader.inParentheses(() => ({
      name: reader.identifier(),
      parameters: reader.variables(),
    }));
    this.macros.set(name, { parameters, body: this.#body('macro') });
  }

  #call(word: string, begin: number): MacroCall {
    const reader = this.#reader;
    const name = word.replace(/^@/, '');
    const parameters = reader.seesCall() ? reader.inParentheses(() => reader.parameters()) : [];
    if (!word.startsWith('@')) {
      const source = reader.since(begin);
      reader.lineEnd();
      return { kind: 'call', name, parameters, source };
    }
    reader.lineEnd();
    const body = this.#body(word);
    return { kind: 'call', name, parameters, source: reader.since(begin), body };
  }

  #body(directive: string): Node[] {
    const { nodes, end } = this.#block();
    if (end !== 'end') this.#reader.fail(`#${directive} without #end`);
    return nodes;
  }

  #add(node: Node): void {
    this.#flush();
    this.#nodes.push(node);
  }

  #flush(): void {
    if (this.#text !== '') this.#nodes.push({ kind: 'text', text: this.#text });
    this.#text = '';
  }
}
