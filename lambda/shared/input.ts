import * as v from 'valibot';

/** What a function was called with is not what it expects. Never retried: it would not get better. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/**
 * Checks a function's input against its schema.
 *
 * @throws InvalidInput that names every path and what is wrong there, without the values
 */
export function parseInput<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw new InvalidInput(describeIssues(result.issues).join('; '));
}

/** One line per issue: the path, and what is wrong there; never the value itself. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string[] {
  return issues.map((issue) => `${v.getDotPath(issue) ?? 'input'}: ${wrong(issue)}`);
}

function wrong({ expected, received, message }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not known here';
  if (received === 'undefined') return 'is missing';
  return expected ? `expected ${expected}` : message;
}
