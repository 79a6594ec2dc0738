import { ReadStream } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { Finding, Inspector, ReturnedItem } from './worker';

/** A table row, and a mail, hold no more of what a desk says of a damage. */
const longestNote = 500;

/**
 * Owns the talk with the person at the desk, on a terminal or over pipes: one question, one line.
 *
 * What comes from the library is shown without control characters: a title cannot move the cursor or change the terminal.
 */
export class Counter implements Inspector {
  readonly #lines: Interface;
  /** Lines that came before anybody asked: from a pipe they are answers, at a terminal a slip. */
  readonly #early: string[] = [];
  #answer: ((line: string | undefined) => void) | undefined;
  #ended = false;
  readonly #gone = new AbortController();
  /** Aborted when a pipe or file has ended and all its lines were answers: nobody is there for another item. */
  readonly gone = this.#gone.signal;

  constructor(
    private readonly input: NodeJS.ReadableStream & { isTTY?: boolean },
    private readonly output: NodeJS.WritableStream & { isTTY?: boolean },
    /** Called when the person leaves. */
    leave: () => void,
  ) {
    this.#lines = createInterface({ input, output, terminal: input.isTTY === true && output.isTTY === true });
    this.#lines.on('line', (line) => {
      const answer = this.#answer;
      // A line that comes together with this one is the answer to another question.
      this.#answer = undefined;
      if (answer) answer(line);
      else if (input.isTTY !== true) this.#early.push(line);
    });
    this.#lines.on('SIGINT', leave);
    this.#lines.on('close', () => {
      this.#ended = true;
      this.#answer?.(undefined);
      // Ctrl-D is a way to leave; a pipe may end with answers still unread.
      if (input.isTTY) leave();
      else this.#noticeEnd();
    });
  }

  /**
   * Resolves when it is known whether an input that has ended already can answer for another item. A file gives a line or
   * its end soon; a pipe may be silent for as long as somebody looks, but that its writer is gone shows at once.
   */
  async ready(): Promise<void> {
    if (this.#early.length > 0 || this.#ended) return;
    if (this.input instanceof ReadStream) {
      await new Promise<void>((heard) => {
        this.#lines.once('line', () => heard());
        this.#lines.once('close', () => heard());
      });
    } else {
      // The first ends with what the loop has found before; in the second it looks at the pipe.
      await turnOfTheLoop();
      await turnOfTheLoop();
    }
  }

  show(item: ReturnedItem): void {
    this.#say(`\n${describe(item, (title) => this.#bold(title))}\n`);
  }

  async inspect(_item: ReturnedItem, over: AbortSignal): Promise<Finding | undefined> {
    for (;;) {
      const line = await this.#ask('How is it? (g)ood, (d)amaged, (n)ot there > ', over);
      if (line === undefined) return undefined;
      const word = line.trim().toLowerCase();
      if (/^(g|good)$/.test(word)) return { condition: 'good' };
      if (/^(n|not there)$/.test(word)) return { condition: 'notThere' };
      if (/^(d|damaged)$/.test(word)) {
        const note = await this.#askNote(over);
        if (note === undefined) return undefined;
        if (note !== '') return { condition: 'damaged', note };
      } else {
        this.#say('Please answer g, d or n.\n');
      }
    }
  }

  close(): void {
    this.#lines.close();
  }

  /** '' when the person thinks better of it. */
  async #askNote(over: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const line = await this.#ask('What is damaged? The reader will read it. (Enter alone: back) > ', over);
      const note = line?.trim();
      if (note === undefined || note.length <= longestNote) return note;
      this.#say(`That is longer than ${longestNote} characters; please say it shorter.\n`);
    }
  }

  /** The next line; undefined when there is none any more, or the inspection is over. */
  async #ask(question: string, over: AbortSignal): Promise<string | undefined> {
    if (over.aborted) return undefined;
    const early = this.#early.shift();
    this.#noticeEnd();
    if (early === undefined && this.#ended) return undefined;
    this.#lines.setPrompt(question);
    this.#lines.prompt();
    if (early !== undefined) return early;
    const line = await new Promise<string | undefined>((answer) => {
      this.#answer = answer;
      over.addEventListener('abort', () => answer(undefined), { once: true });
    });
    this.#answer = undefined;
    if (line === undefined) this.#say('\n');
    if (line === undefined && this.#ended && !over.aborted) return this.#ask(question, over);
    return line;
  }

  #noticeEnd(): void {
    if (this.#ended && this.#early.length === 0) this.#gone.abort();
  }

  #say(text: string): void {
    this.output.write(text);
  }

  #bold(text: string): string {
    return this.output.isTTY ? styleText('bold', text) : text;
  }
}

/** The item in two lines. */
export function describe({ title, itemId, loanId }: ReturnedItem, emphasize = (text: string) => text): string {
  const named = emphasize(`‘${printable(title)}’`);
  return `Returned: ${named}\n          item ${printable(itemId)}, loan ${printable(loanId)}`;
}

/** Text from outside, fit for a terminal: no control character, no mark that turns the line around. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
