import type { Authorizer, AwsService, AwsShape } from '../aws';
import type { Parts } from '../parts';
import { assumedRoleArn, type RoleSession } from '../role-session';
import { about, type Decision, decide, type PoliciesOfCall, type Principal, type Refusal } from './evaluate';
import { needsOf } from './needs';
import type { Grant, Need } from './needs/need';
import type { Lookup } from './patterns';
import type { Policies } from './policies';
import type { Statement } from './policy';
import { accessDenied } from './refusal';
import { type UnusedGrant, type Use, unusedGrants } from './unused';

/** What a role may not do: `warn` lets it be done and tells of it, `enforce` refuses it as AWS does. */
export type IamMode = 'off' | 'warn' | 'enforce';

/** A call that a role does not allow; `at` is virtual ms since the epoch. */
export interface Denial {
  readonly at: number;
  readonly session: RoleSession;
  readonly action: string;
  readonly resource: string;
  readonly refusal: Refusal;
  /** Whether the call failed, or was done all the same. */
  readonly enforced: boolean;
}

/** What of a role's grants nothing has used. */
export interface UnusedOfRole {
  readonly roleArn: string;
  /** ARNs of what made calls with it. */
  readonly holders: readonly string[];
  readonly grants: readonly UnusedGrant[];
}

/**
 * Owns whether calls are allowed to the roles that make them. The developer's own calls have none, and are not looked at.
 *
 * I1  Nothing is refused that AWS would allow: not an operation that is not in the tables, not to a role that the stacks do not make or
 *     whose policies are not all known, not for what a condition asks that nobody can know here.
 * I2  A denial is told once for each role, action and resource; executions of a state machine and streams of a log are one.
 * I3  What has been decided is not decided again, unless it hangs on the request.
 */
export class Permissions implements Authorizer {
  readonly #roles = new Map<string, KnownRole | undefined>();
  readonly #told = new Set<string>();
  readonly #denials: Denial[] = [];
  readonly #listeners: Array<(denial: Denial) => void> = [];

  constructor(
    private readonly parts: Pick<Parts, 'identity' | 'clock'>,
    private readonly policies: Policies,
    private readonly mode: Exclude<IamMode, 'off'>,
  ) {}

  /** Those told of so far: the first of them, if there are very many. */
  get denials(): readonly Denial[] {
    return this.#denials;
  }

  /** Calls `listener` for each denial that is told, those before it too. */
  onDenial(listener: (denial: Denial) => void): void {
    for (const denial of this.#denials) listener(denial);
    this.#listeners.push(listener);
  }

  /** Whether a role may do what no call stands for: what AWS asks at a deployment. */
  allows(session: RoleSession, action: string, resource: string): boolean {
    const role = this.#roleOf(session.roleArn);
    return !role || !this.#decided({ action, resource }, role, session, () => ({}));
  }

  /** By role, who has used it, and what of its grants nothing has used since the start. */
  unused(): UnusedOfRole[] {
    return this.policies.roles().map((roleArn) => {
      const { holders, uses } = this.#roles.get(roleArn) ?? { holders: [], uses: new Map() };
      return { roleArn, holders: [...holders], grants: unusedGrants(this.policies.own(roleArn), uses) };
    });
  }

  authorize(service: AwsService, operation: string, input: AwsShape, session: RoleSession): void {
    const needs = needsOf(service.id, operation);
    const role = needs && this.#roleOf(session.roleArn);
    if (!needs || !role) return;
    role.holders.add(session.holder);
    let wanted: readonly Need[];
    try {
      wanted = needs(input, this.parts.identity, () => service.resourcesOf?.(operation, input) ?? []);
    } catch {
      // A request that is none of this operation's: its service says so.
      return;
    }
    for (const need of wanted) {
      if (need.resource === '') continue;
      const refusal = this.#refusalOf(need, role, session, () => ({
        ...need.keys,
        ...service.conditionKeys?.(input, need.action, need.resource),
      }));
      if (refusal) this.#refuse(service.id, session, need, refusal);
    }
  }

  #refusalOf(need: Need, role: KnownRole, session: RoleSession, keys: () => Keys): Refusal | undefined {
    const refusal = this.#decided(need, role, session, keys);
    if (!refusal || need.or === undefined || refusal.kind === 'explicit') return refusal;
    for (const grant of need.or) if (!this.#decided(grant, role, session, keys)) return undefined;
    return refusal;
  }

  #decided({ action, resource }: Grant, role: KnownRole, session: RoleSession, keys: () => Keys): Refusal | undefined {
    const question = `${action} ${resource}`;
    if (role.decided.has(question)) return role.decided.get(question);
    const principal = {
      roleArn: session.roleArn,
      sessionArn: assumedRoleArn(session),
      accountId: this.parts.identity.accountId,
    };
    const lookup = lookupOf(keys, { principal, session, resource, ...this.parts });
    const policies = { ...policiesFor(action, role), resource: this.policies.onResource(resource) };
    const { refusal: found, by, hangsOnRequest }: Decision = decide({ action, resource, lookup }, principal, policies);
    if (by && !found) noteUse(role, by, { action, resource });
    // What is not known of a role may allow everything, and deny nothing.
    const refusal = found?.kind === 'implicit' && !role.policies.isWhole ? undefined : found;
    if (!hangsOnRequest) {
      if (role.decided.size >= MOST_DECISIONS) role.decided.clear();
      role.decided.set(question, refusal);
    }
    return refusal;
  }

  #refuse(service: string, session: RoleSession, { action, resource }: Need, refusal: Refusal): void {
    const enforced = this.mode === 'enforce';
    const question = `${session.roleArn} ${action} ${withoutRuns(resource)}`;
    if (!this.#told.has(question) && this.#told.size < MOST_TOLD) {
      this.#told.add(question);
      const denial = { at: this.parts.clock.now(), session, action, resource, refusal, enforced };
      this.#denials.push(denial);
      for (const listener of this.#listeners) listener(denial);
    }
    if (enforced) throw accessDenied(service, session, action, resource, refusal);
  }

  #roleOf(arn: string): KnownRole | undefined {
    if (this.#roles.has(arn)) return this.#roles.get(arn);
    const policies = this.policies.of(arn);
    const role = policies && {
      policies,
      decided: new Map(),
      byAction: new Map(),
      holders: new Set<string>(),
      uses: new Map(),
    };
    this.#roles.set(arn, role);
    return role;
  }
}

/** Keys of objects are many. */
const MOST_DECISIONS = 10_000;
const MOST_TOLD = 10_000;
const MOST_USES = 100;

interface KnownRole {
  readonly policies: NonNullable<ReturnType<Policies['of']>>;
  /** By action and resource: why not, or undefined where it is allowed. */
  readonly decided: Map<string, Refusal | undefined>;
  /** ARNs of what made calls with it. */
  readonly holders: Set<string>;
  /** By statement, what it was the first to allow; as much of it as tells what nothing used. */
  readonly uses: Map<Statement, Use[]>;
  /** By action, the statements that are about it. */
  readonly byAction: Map<string, Pick<PoliciesOfCall, 'identity' | 'boundary'>>;
}

function noteUse({ uses }: KnownRole, statement: Statement, use: Use): void {
  const known = uses.get(statement) ?? [];
  uses.set(statement, known);
  const isKnown = known.some(({ action, resource }) => action === use.action && resource === use.resource);
  if (!isKnown && known.length < MOST_USES) known.push(use);
}

function policiesFor(action: string, { policies, byAction }: KnownRole) {
  let found = byAction.get(action);
  if (!found) {
    const { identity, boundary } = policies;
    found = { identity: about(action, identity), boundary: boundary && about(action, boundary) };
    byAction.set(action, found);
  }
  return found;
}

/** Each run of a function has a stream of its own, and each of a state machine an ARN. */
function withoutRuns(resource: string): string {
  return resource.replace(/(:log-stream:|:execution:[^:]+:|:express:[^:]+:).*$/, '$1*');
}

type Keys = NonNullable<Need['keys']>;

interface Situation extends Pick<Parts, 'identity' | 'clock'> {
  readonly principal: Principal;
  readonly session: RoleSession;
  readonly resource: string;
}

/**
 * The request's context (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html), where it is asked for: what
 * the call has, what every call of a role has, and what none has. Names have no case.
 */
function lookupOf(keys: () => Keys, situation: Situation): Lookup {
  let own: Map<string, readonly string[] | undefined> | undefined;
  return (name) => {
    const key = name.toLowerCase();
    own ??= new Map(
      Object.entries(keys()).map(([key, value]) => [
        key.toLowerCase(),
        value === undefined ? undefined : [value].flat(),
      ]),
    );
    if (own.has(key)) return own.get(key);
    if (NEVER_THERE.has(key)) return undefined;
    const value = GLOBAL[key]?.(situation);
    return value === undefined ? 'unknown' : [value];
  };
}

/** Calls over the laptop's loopback count as encrypted: on AWS an SDK speaks nothing else. */
const GLOBAL: Readonly<Record<string, (situation: Situation) => string | undefined>> = {
  'aws:securetransport': () => 'true',
  'aws:principalarn': ({ principal }) => principal.roleArn,
  'aws:principalaccount': ({ principal }) => principal.accountId,
  'aws:principaltype': () => 'AssumedRole',
  'aws:principalisawsservice': () => 'false',
  'aws:viaawsservice': () => 'false',
  'aws:requestedregion': ({ identity }) => identity.region,
  'aws:resourceaccount': ({ identity }) => identity.accountId,
  'aws:currenttime': ({ clock }) => new Date(clock.now()).toISOString(),
  'aws:epochtime': ({ clock }) => String(Math.floor(clock.now() / 1000)),
  'lambda:sourcefunctionarn': ({ session }) => (session.holder.includes(':function:') ? session.holder : undefined),
};

/** What only users, or AWS's services that call for themselves, have. */
const NEVER_THERE = new Set([
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:username',
]);
