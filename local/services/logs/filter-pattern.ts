import { AwsError } from '../aws';

interface Term {
  readonly kind: 'all' | 'any' | 'none';
  readonly text: string;
}

/**
 * The test that a filter pattern of terms means: every plain term must occur, of the terms marked '?' at least one,
 * of those marked '-' none; quotes hold a phrase together. Case matters. Throws `InvalidParameterException` for
 * patterns of JSON members or columns, which the local cloud does not run.
 * See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    throw new AwsError(
      'InvalidParameterException',
      `The local cloud runs filter patterns of terms only, not: ${pattern}`,
    );
  }
  const terms = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, mark, phrase, word]): Term => {
    const kind = mark === '?' ? 'any' : mark === '-' ? 'none' : 'all';
    return { kind, text: phrase?.replace(/\\(.)/g, '$1') ?? word ?? '' };
  });
  const of = (kind: Term['kind']) => terms.filter((term) => term.kind === kind).map((term) => term.text);
  const [all, any, none] = [of('all'), of('any'), of('none')];
  return (message) =>
    all.every((text) => message.includes(text)) &&
    (any.length === 0 || any.some((text) => message.includes(text))) &&
    !none.some((text) => message.includes(text));
}
