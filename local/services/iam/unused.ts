import { type Lookup, matches } from './patterns';
import type { Statement } from './policy';

/**
 * Owns which grants of a role nothing has used. Pure. Managed policies of AWS's are what they are: only what the stacks' own policies say
 * is looked at, and of that only what could be seen here.
 */
export interface UnusedGrant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What a statement was the first to allow. */
export interface Use {
  readonly action: string;
  readonly resource: string;
}

/** @param uses by statement */
export function unusedGrants(
  statements: readonly Statement[],
  uses: ReadonlyMap<Statement, readonly Use[]>,
): UnusedGrant[] {
  return statements.flatMap((statement) => unusedIn(statement, uses.get(statement) ?? []));
}

function unusedIn({ effect, actions, resources, variables }: Statement, uses: readonly Use[]): UnusedGrant[] {
  if (effect === 'Deny' || actions.negated || resources.negated) return [];
  const seen = actions.values.filter((action) => isSeenHere(action, resources.values));
  const isUsed = (action: string) =>
    uses.some((use) => like(action, use.action, { ignoreCase: true, variables: false }));
  const unused = seen.filter((action) => !isUsed(action));
  const used = seen.filter(isUsed);
  const reached = (resource: string) => uses.some((use) => like(resource, use.resource, { variables }));
  const idle = resources.values.filter((resource) => !reached(resource) && !belongsToOther(resource, resources.values));
  return [
    ...(unused.length > 0 ? [{ actions: unused, resources: resources.values }] : []),
    ...(used.length > 0 && idle.length > 0 ? [{ actions: used, resources: idle }] : []),
  ];
}

function like(pattern: string, value: string, options: { ignoreCase?: boolean; variables: boolean }): boolean {
  return matches(pattern, value, { wildcards: true, ...options }, UNKNOWN) !== false;
}

const UNKNOWN: Lookup = () => 'unknown';

/** What the CDK grants with a function (its versions) and a table (its indexes) is no grant of its own. */
function belongsToOther(resource: string, all: readonly string[]): boolean {
  const [, owner] = /^(.*)(?::\*|\/index\/\*)$/.exec(resource) ?? [];
  return owner !== undefined && all.includes(owner);
}

/** Whether a call that needs it would have been seen: traces, the delivery of logs and managed rules are no calls here. */
function isSeenHere(action: string, resources: readonly string[]): boolean {
  const [service = '', name = ''] = action.toLowerCase().split(':');
  if (service === 'logs') return ['putlogevents', 'createlogstream', '*'].includes(name);
  return SEEN.has(service) && !resources.some((resource) => resource.includes(':rule/StepFunctionsGetEventsFor'));
}

const SEEN = new Set([
  '*',
  'cloudwatch',
  'dynamodb',
  'events',
  'iam',
  'lambda',
  's3',
  'scheduler',
  'secretsmanager',
  'ses',
  'sns',
  'sqs',
  'states',
]);
