import { isObject, type Json, type JsonObject } from '../../asl/json';
import { isOperator } from './conditions';
import { documentOf } from './policy';

/**
 * Owns what AWS refuses as no policy, in IAM's words where it has some (MalformedPolicyDocument;
 * docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html). Pure.
 *
 * M1  Of each statement the first fault is told, as AWS tells one.
 * M2  A text that nobody knows here is never a fault.
 * M3  What services take differently in the policies of their resources is no fault: a statement there may be without a Resource.
 */
export interface Malformed {
  /** Its Sid, or its number from 1; undefined where it is the document itself. */
  readonly statement: string | undefined;
  readonly fault: string;
}

/** On what the policy is: a role, or what roles call (the trust policy of a role is one of these). */
export type PolicyKind = 'identity' | 'resource';

type IsKnown = (text: string) => boolean;

/** @param isKnown whether a text of the document is what it will be on AWS */
export function malformedIn(document: Json | undefined, kind: PolicyKind, isKnown: IsKnown = () => true): Malformed[] {
  const read = documentOf(document) ?? null;
  if (isUnknown(read, isKnown)) return [];
  const whole = (why: string): Malformed[] => [{ statement: undefined, fault: syntax(why) }];
  if (!isObject(read)) return whole('It is no object');
  const { Version, Statement } = read;
  const stranger = strangerIn(read, DOCUMENT);
  if (stranger !== undefined) return whole(`${stranger} is no element of a policy`);
  if (Version !== undefined && !VERSIONS.includes(Version) && !isUnknown(Version, isKnown)) {
    return whole(`Version is ${JSON.stringify(Version)}`);
  }
  if (isUnknown(Statement, isKnown)) return [];
  const statements = Array.isArray(Statement) ? Statement : [Statement ?? null];
  if (statements.length === 0 || Statement === undefined) return whole('It has no Statement');
  return statements.flatMap((statement, index) => {
    const fault = isUnknown(statement, isKnown) ? undefined : faultOf(statement, kind, isKnown);
    const sid = isObject(statement) && typeof statement.Sid === 'string' && statement.Sid;
    return fault === undefined ? [] : [{ statement: sid || String(index + 1), fault }];
  });
}

const VERSIONS: readonly Json[] = ['2012-10-17', '2008-10-17'];
const DOCUMENT = ['Version', 'Id', 'Statement'];
const STATEMENT = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

function faultOf(statement: Json, kind: PolicyKind, isKnown: IsKnown): string | undefined {
  if (!isObject(statement)) return syntax('It is no object');
  const stranger = strangerIn(statement, STATEMENT);
  if (stranger !== undefined) return syntax(`${stranger} is no element of a statement`);
  const twice = ['Principal', 'Action', 'Resource'].find((name) => name in statement && `Not${name}` in statement);
  if (twice !== undefined) return syntax(`It has both ${twice} and Not${twice}`);
  const actions = patternsOf(statement, 'Action');
  const resources = patternsOf(statement, 'Resource');
  return (
    effectFault(statement.Effect, isKnown) ??
    typeFault('Action', actions) ??
    typeFault('Resource', resources) ??
    conditionFault(statement.Condition, isKnown) ??
    principalFault(statement, kind) ??
    actionsFault(actions, isKnown) ??
    resourcesFault(resources, kind, isKnown)
  );
}

function effectFault(effect: Json | undefined, isKnown: IsKnown): string | undefined {
  if (effect === 'Allow' || effect === 'Deny' || isUnknown(effect, isKnown)) return undefined;
  if (effect === undefined) return syntax('It has no Effect');
  const words = /^(allow|deny)$/i.test(String(effect)) ? 'The policy failed legacy parsing.' : SYNTAX;
  return `${words} (Invalid effect: ${JSON.stringify(effect)} is neither "Allow" nor "Deny".)`;
}

function typeFault(name: string, patterns: readonly Json[]): string | undefined {
  const wrong = patterns.find((pattern) => typeof pattern !== 'string');
  return wrong === undefined ? undefined : syntax(`${name} is ${JSON.stringify(wrong)}`);
}

function conditionFault(block: Json | undefined, isKnown: IsKnown): string | undefined {
  if (block === undefined || isUnknown(block, isKnown)) return undefined;
  if (!isObject(block)) return syntax('Condition is no object');
  for (const [operator, keys] of Object.entries(block)) {
    if (isUnknown(keys, isKnown)) continue;
    if (!isObject(keys)) return syntax(`Condition.${operator} is no object`);
    const names = Object.keys(keys);
    if (names.length > 0 && !isOperator(operator)) return syntax(`${operator} is no condition operator`);
    const wrong = names.find((name) => [keys[name] ?? null].flat().some((value) => typeof value === 'object'));
    if (wrong !== undefined) return syntax(`Condition.${operator}.${wrong} is neither a value nor a list of values`);
  }
  return undefined;
}

function principalFault(statement: JsonObject, kind: PolicyKind): string | undefined {
  const has = 'Principal' in statement || 'NotPrincipal' in statement;
  if (kind === 'identity') return has ? 'Policy document should not specify a principal.' : undefined;
  return has ? undefined : 'Missing required field Principal.';
}

function actionsFault(actions: readonly Json[], isKnown: IsKnown): string | undefined {
  if (actions.length === 0) return 'Policy statement must contain actions.';
  for (const action of actions.map(String).filter((one) => isKnown(one) && !ANY.test(one))) {
    const colons = action.split(':').length - 1;
    const named = `(Action is ${JSON.stringify(action)}.)`;
    if (colons === 0) return `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. ${named}`;
    if (colons > 1) return `Actions/Condition can contain only one colon. ${named}`;
  }
  return undefined;
}

function resourcesFault(resources: readonly Json[], kind: PolicyKind, isKnown: IsKnown): string | undefined {
  if (resources.length === 0) return kind === 'identity' ? 'Policy statement must contain resources.' : undefined;
  // SQS has another form of its own, '/123456789012/queue'.
  const isArn = (text: string) => text.includes(':') || ANY.test(text) || (kind === 'resource' && text.startsWith('/'));
  const wrong = resources.map(String).find((text) => isKnown(text) && !isArn(text));
  return wrong === undefined ? undefined : `Resource ${wrong} must be in ARN format or "*".`;
}

const ANY = /^[*?]+$/;

function patternsOf(statement: JsonObject, name: string): Json[] {
  const given = name in statement ? statement[name] : statement[`Not${name}`];
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given];
}

function strangerIn(object: JsonObject, known: readonly string[]): string | undefined {
  return Object.keys(object).find((key) => !known.includes(key));
}

function isUnknown(value: Json | undefined, isKnown: IsKnown): boolean {
  return typeof value === 'string' && !isKnown(value);
}

const SYNTAX = 'Syntax errors in policy.';

function syntax(why: string): string {
  return `${SYNTAX} (${why}.)`;
}
