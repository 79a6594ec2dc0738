import { conditionsHold } from './conditions';
import { all, any, type Lookup, matches, not, type Truth } from './patterns';
import type { Patterns, Principals, Statement } from './policy';

/**
 * Owns the decision: what policies say of one action on one resource by a role, within an account
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). Pure.
 *
 * V1  A statement that denies wins over all that allow.
 * V2  It takes one that allows: of the role's own policies, within its permissions boundary, or of the resource's.
 * V3  What hangs on something that is not known here never refuses: such a statement allows, and does not deny.
 */
export interface Request {
  /** 'dynamodb:PutItem' */
  readonly action: string;
  /** An ARN, or '*'. */
  readonly resource: string;
  readonly lookup: Lookup;
}

export interface Principal {
  readonly roleArn: string;
  /** 'arn:aws:sts::…:assumed-role/…' */
  readonly sessionArn: string;
  readonly accountId: string;
}

export interface PoliciesOfCall {
  readonly identity: readonly Statement[];
  /** Undefined where the role has none. */
  readonly boundary: readonly Statement[] | undefined;
  /** Those on the resource. */
  readonly resource: readonly Statement[];
}

export interface Decision {
  /** Undefined when it is allowed; else why not, as AWS tells it. */
  readonly refusal: Refusal | undefined;
  /** The first statement of the role's own that allows it. */
  readonly by: Statement | undefined;
  /** Whether another call of the same action on the same resource may be decided otherwise. */
  readonly hangsOnRequest: boolean;
}

export interface Refusal {
  readonly kind: 'explicit' | 'implicit';
  readonly policy: 'identity-based policy' | 'resource-based policy' | 'permissions boundary';
}

export function decide(request: Request, principal: Principal, policies: PoliciesOfCall): Decision {
  const identity = verdict(request, policies.identity);
  const boundary = policies.boundary && verdict(request, policies.boundary);
  const resource = verdict(request, policies.resource, ({ principals }) => reach(principals, principal));
  const hangsOnRequest = [identity, boundary, resource].some((one) => one?.hangsOnRequest);
  const answer = (refusal: Refusal | undefined): Decision => ({ refusal, by: identity.by, hangsOnRequest });
  if (identity.denies) return answer({ kind: 'explicit', policy: 'identity-based policy' });
  if (resource.denies) return answer({ kind: 'explicit', policy: 'resource-based policy' });
  if (boundary?.denies) return answer({ kind: 'explicit', policy: 'permissions boundary' });
  if (resource.allows === 'session') return answer(undefined);
  if (!identity.allows && !resource.allows) return answer({ kind: 'implicit', policy: 'identity-based policy' });
  if (boundary && !boundary.allows) return answer({ kind: 'implicit', policy: 'permissions boundary' });
  return answer(undefined);
}

/** Those of the statements that are about an action: what `decide` looks at of them. */
export function about(action: string, statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ actions }) => isAbout(actions, action, ACTION, NOTHING) === true);
}

const NOTHING: Lookup = () => undefined;

/**
 * As what a policy's principals name a caller. A grant to its session, or to everybody, is not bound by the boundary of its role; one to
 * the role is; and one to the account leaves it to the role's own policies.
 */
type Reach = false | 'account' | 'role' | 'session';

interface Verdict {
  readonly allows: false | 'role' | 'session';
  readonly by: Statement | undefined;
  readonly denies: boolean;
  readonly hangsOnRequest: boolean;
}

function verdict(
  { action, resource, lookup }: Request,
  statements: readonly Statement[],
  reachOf: (statement: Statement) => Reach = () => 'role',
): Verdict {
  let allows: Verdict['allows'] = false;
  let by: Statement | undefined;
  let denies = false;
  let hangsOnRequest = false;
  for (const statement of statements) {
    const { actions, resources, conditions, variables, effect } = statement;
    const reached = reachOf(statement);
    if (!reached || isAbout(actions, action, ACTION, lookup) !== true) continue;
    const about = isAbout(resources, resource, { wildcards: true, variables }, lookup);
    const varies = variables && resources.values.some((value) => value.includes('${'));
    hangsOnRequest ||= varies || (about !== false && conditions.length > 0);
    if (about === false) continue;
    const truth = all([about, conditionsHold(conditions, variables, lookup)]);
    if (effect === 'Deny') denies ||= truth === true;
    else if (truth !== false && reached !== 'account') {
      by ??= statement;
      if (allows !== 'session') allows = reached;
    }
  }
  return { allows, by, denies, hangsOnRequest };
}

function reach(principals: Principals | undefined, { roleArn, sessionArn, accountId }: Principal): Reach {
  if (!principals) return false;
  const { negated, aws } = principals;
  if (negated) return aws.includes(roleArn) || aws.includes(sessionArn) || aws.includes('*') ? false : 'session';
  if (aws.includes('*') || aws.includes(sessionArn)) return 'session';
  if (aws.includes(roleArn)) return 'role';
  return aws.some((name) => name === accountId || name.endsWith(`:iam::${accountId}:root`)) ? 'account' : false;
}

const ACTION = { wildcards: true, ignoreCase: true, variables: false };

function isAbout(
  { negated, values }: Patterns,
  value: string,
  options: { wildcards: boolean; ignoreCase?: boolean; variables: boolean },
  lookup: Lookup,
): Truth {
  const found = any(values.map((pattern) => matches(pattern, value, options, lookup)));
  return negated ? not(found) : found;
}
