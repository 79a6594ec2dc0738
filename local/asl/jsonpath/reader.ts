import { InvalidPath } from './errors';

/** A cursor over a path's text: what the parsers of paths and filters share. */
export class Reader {
  position = 0;
  /** Open brackets and parentheses; bounded, so that no text can exhaust the stack. */
  private depth = 0;

  constructor(readonly text: string) {}

  get done(): boolean {
    return this.position >= this.text.length;
  }

  peek(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  /** Steps over `text` if it comes next. */
  take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.position += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected '${text}'`);
  }

  /** What a sticky expression matches here, or undefined. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  space(): void {
    this.match(/\s*/y);
  }

  /** A string in single or double quotes, with backslash escapes. */
  quoted(): string {
    const quote = this.text[this.position++];
    let value = '';
    for (;;) {
      if (this.done) this.fail('a quoted name is not closed');
      const char = this.text[this.position++] as string;
      if (char === quote) return value;
      value += char === '\\' ? this.escaped() : char;
    }
  }

  nested<T>(read: () => T): T {
    if (++this.depth > 64) this.fail('it is nested too deeply');
    const value = read();
    this.depth--;
    return value;
  }

  fail(reason: string): never {
    throw new InvalidPath(this.text, `${reason} at position ${this.position}`);
  }

  private escaped(): string {
    const char = this.text[this.position++] ?? this.fail('a quoted name is not closed');
    if (char === 'u') {
      const hex = this.match(/[0-9a-fA-F]{4}/y) ?? this.fail('expected four hexadecimal digits');
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    return { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }[char] ?? char;
  }
}
