import { Memo } from '../../../../asl/memo';
import { bounded } from '../../../../asl/regexp';
import { TemplateError } from './nodes';

/**
 * Owns Java's regular expressions, as far as JavaScript's can stand for them. No search goes on for ever.
 *
 * @throws TemplateError for what is none, or is not run
 */
const CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
  Blank: ' \\t',
  XDigit: '0-9a-fA-F',
  ASCII: '\\x00-\\x7f',
};

const patterns = new Memo((text) => compile(text, (source) => source));
const wholes = new Memo((text) => compile(text, (source) => `^(?:${source})$`));

export function javaPattern(text: string): RegExp {
  return patterns.get(text);
}

function compile(text: string, around: (source: string) => string): RegExp {
  const [inline = '', letters = ''] = /^\(\?([ims]+)\)/.exec(text) ?? [];
  const source = text
    .slice(inline.length)
    .replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_all, quoted: string) => quoted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .replace(/(\[[^\]]*)?\\([pP])\{(\w+)\}/g, (all, inClass: string | undefined, p: string, name: string) => {
      if (!Object.hasOwn(CLASSES, name)) return all;
      if (inClass === undefined) return `[${p === 'P' ? '^' : ''}${CLASSES[name]}]`;
      return `${inClass}${CLASSES[name]}`;
    })
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\\h/g, '[ \\t]')
    .replace(/\\R/g, '(?:\\r\\n|[\\n\\r])');
  try {
    return new RegExp(around(source), `g${letters}${/\\[pP]\{/.test(source) ? 'u' : ''}`);
  } catch {
    throw new TemplateError(`The regular expression '${text}' is none, or is not run here.`);
  }
}

/** Whether the whole of a text is of the pattern. */
export function matchesWhole(text: string, pattern: string): boolean {
  const whole = wholes.get(pattern);
  return search(whole, text, () => {
    whole.lastIndex = 0;
    return whole.test(text);
  });
}

/** @param replacement '$1' and '${name}' stand for groups, and a backslash for what is behind it */
export function replaced(text: string, pattern: string, replacement: string, all: boolean): string {
  const compiled = javaPattern(pattern);
  const regExp = all ? compiled : new RegExp(compiled.source, compiled.flags.replace('g', ''));
  return search(regExp, text, () =>
    text.replace(regExp, (...found: unknown[]) => {
      const named = typeof found.at(-1) === 'object' ? (found.at(-1) as Record<string, string>) : {};
      const groups = found.slice(
        0,
        found.findIndex((part) => typeof part === 'number'),
      ) as string[];
      return replacement.replace(/\\([\s\S])|\$(?:(\d)|\{(\w+)\})/g, (_all, literal, digit, name) => {
        if (literal !== undefined) return literal as string;
        const group = digit === undefined ? named[name as string] : groups[Number(digit)];
        if (digit !== undefined && Number(digit) >= groups.length) throw new TemplateError(`No group ${digit}`);
        return group ?? '';
      });
    }),
  );
}

/** As Java splits: what is empty at the end is left out unless there is a limit. */
export function split(text: string, pattern: string, limit: number): string[] {
  const regExp = javaPattern(pattern);
  return search(regExp, text, () => {
    const parts: string[] = [];
    let from = 0;
    for (const found of text.matchAll(regExp)) {
      if (limit > 0 && parts.length === limit - 1) break;
      const end = found.index + found[0].length;
      // Nothing at all is not split off the beginning.
      if (end === 0) continue;
      if (found[0] === '' && found.index === text.length) break;
      parts.push(text.slice(from, found.index));
      from = end;
    }
    parts.push(text.slice(from));
    if (limit === 0) while (parts.length > 1 && parts.at(-1) === '') parts.pop();
    return parts;
  });
}

function search<T>(pattern: RegExp, text: string, run: () => T): T {
  try {
    return bounded(pattern, text.length, run);
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError((error as Error).message);
  }
}
