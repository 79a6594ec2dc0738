import { isObject } from '../../asl/json';

/** A policy that is none, or that says what is not understood here; the message says what. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

const INVOKE = 'execute-api:Invoke';

/** What a policy says of a call: that it is allowed, that it is denied, or nothing. */
export type Judgement = 'ALLOWED' | 'DENIED' | 'NOT_MENTIONED';

/**
 * Reads a policy; the answer tells what it says of its bearer's calls of a method of an API by
 * `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`: something must allow them, and nothing deny them
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html). Pure.
 * @throws PolicyError; conditions are not understood, and let nobody in
 */
export function readPolicy(document: unknown): (arn: string) => Judgement {
  if (!isObject(document)) throw new PolicyError('The policyDocument is not an object.');
  const statements = [document.Statement]
    .flat()
    .map((statement) => readStatement(statement))
    .filter(({ actions }) => actions.some((pattern) => matches(pattern, INVOKE, 'i')));
  return (arn) => {
    const matching = statements.filter(({ resources }) => resources.some((pattern) => matches(pattern, arn)));
    if (matching.length === 0) return 'NOT_MENTIONED';
    return matching.every(({ effect }) => effect === 'Allow') ? 'ALLOWED' : 'DENIED';
  };
}

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const UNDERSTOOD = new Set(['Sid', 'Effect', 'Action', 'Resource']);

function readStatement(statement: unknown): Statement {
  if (!isObject(statement)) throw new PolicyError('A Statement of the policy is not an object.');
  const foreign = Object.keys(statement).find((name) => !UNDERSTOOD.has(name));
  if (foreign !== undefined) throw new PolicyError(`The local cloud does not understand ${foreign} in a policy.`);
  const { Effect } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new PolicyError('An Effect of the policy is not Allow or Deny.');
  return {
    effect: Effect,
    actions: texts('Action', statement.Action),
    resources: texts('Resource', statement.Resource),
  };
}

function texts(name: string, value: unknown): string[] {
  const list = [value].flat();
  if (list.length > 0 && list.every((one) => typeof one === 'string')) return list as string[];
  throw new PolicyError(`The ${name} of a Statement is not a text or a list of texts.`);
}

/** `*` stands for any text, `?` for one character. */
function matches(pattern: string, text: string, flags = ''): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}
