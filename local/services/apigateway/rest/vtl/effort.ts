import { TemplateError } from './nodes';

const MOST_STEPS = 500_000;
const MOST_CHARACTERS = 256 * 1024 * 1024;
const LONGEST_TEXT = 16 * 1024 * 1024;
/** As deep as JSON may be nested elsewhere, and Velocity's own limit for macros. */
const DEEPEST = 400;
const DEEPEST_CALL = 20;

/**
 * Owns how much one run of a template may do, so that none keeps the process or eats its memory: real templates take a thousandth. All of it
 * throws a TemplateError.
 */
export class Effort {
  #steps = 0;
  #characters = 0;
  #depth = 0;
  #calls = 0;

  step(steps = 1): void {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS) throw new TemplateError('The template does too much.');
  }

  /** Of a text that was made. */
  text(text: string): string {
    this.#characters += text.length;
    if (text.length > LONGEST_TEXT || this.#characters > MOST_CHARACTERS) {
      throw new TemplateError('The template makes texts that are too long.');
    }
    return text;
  }

  /** Of lists in lists. */
  nested(print: () => string): string {
    this.step();
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new TemplateError('A value is nested too deeply.');
    const text = this.text(print());
    this.#depth -= 1;
    return text;
  }

  /** Of macros that call macros. */
  call<T>(run: () => T): T {
    this.#calls += 1;
    if (this.#calls > DEEPEST_CALL) throw new TemplateError('Macros are called too deeply.');
    const value = run();
    this.#calls -= 1;
    return value;
  }
}
