import type { Json } from '../../../local/asl/json';
import { decide } from '../../../local/services/iam/evaluate';
import { readPolicy } from '../../../local/services/iam/policy';

/**
 * AWS's documented logic, case by case: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
 * …/reference_policies_elements_condition_operators.html, …/reference_policies_multi-value-conditions.html.
 */
const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app/Worker`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Worker/run-1`;
const BUCKET = 'arn:aws:s3:::reports';
const OBJECT = `${BUCKET}/2026/march.json`;

interface Case {
  action?: string;
  resource?: string;
  /** Keys of the request; 'unknown' for one that cannot be told; all others it has not. */
  keys?: Record<string, string[] | 'unknown'>;
  identity?: Json[];
  boundary?: Json[];
  /** Of the policy on the resource. */
  on?: Json[];
}

const policy = (Statement: Json[], Version = '2012-10-17') => readPolicy({ Version, Statement }, BUCKET);
const allow = (Action: Json, Resource: Json = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: Json, Resource: Json = '*', more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more });
const lets = (Principal: Json, more: object = {}) => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  Principal,
  ...more,
});

function answer({
  action = 's3:GetObject',
  resource = OBJECT,
  keys = {},
  identity = [],
  boundary,
  on = [],
}: Case): string {
  const { refusal } = decide(
    { action, resource, lookup: (key) => keys[key] },
    { roleArn: ROLE, sessionArn: SESSION, accountId: ACCOUNT },
    { identity: policy(identity), boundary: boundary && policy(boundary), resource: policy(on) },
  );
  return refusal ? `${refusal.kind}: ${refusal.policy}` : 'allowed';
}

const NO_GRANT = 'implicit: identity-based policy';
const DENIED = 'explicit: identity-based policy';

test.each<[string, Case, string]>([
  ['nothing allows it', {}, NO_GRANT],
  ['the role allows it', { identity: [allow('s3:GetObject', OBJECT)] }, 'allowed'],
  ['it allows another action', { identity: [allow('s3:PutObject', OBJECT)] }, NO_GRANT],
  ['it allows another resource', { identity: [allow('s3:GetObject', `${BUCKET}/2025/*`)] }, NO_GRANT],
  ['actions have no case', { identity: [allow('S3:getobject')] }, 'allowed'],
  ['ARNs have', { identity: [allow('s3:GetObject', OBJECT.toUpperCase())] }, NO_GRANT],
  [
    'lists of actions and of resources',
    { identity: [allow(['s3:Put*', 's3:Get*'], ['arn:aws:s3:::x', OBJECT])] },
    'allowed',
  ],
  ['a star is any text, also of several folders', { identity: [allow('s3:*', `${BUCKET}/*`)] }, 'allowed'],
  ['the bucket is not its objects', { identity: [allow('s3:*', BUCKET)] }, NO_GRANT],
  ['a question mark is one character', { identity: [allow('s3:Get?bject', `${BUCKET}/????/march.json`)] }, 'allowed'],
  ['and not none', { identity: [allow('s3:GetObject', `${OBJECT}?`)] }, NO_GRANT],
  [
    'other signs stand for themselves',
    { resource: 'arn:x+y', identity: [allow('*', 'arn:x.y'), allow('*', 'arn:x+')] },
    NO_GRANT,
  ],
  ['NotAction: all but these', { identity: [{ Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' }] }, 'allowed'],
  ['NotAction: these', { identity: [{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }] }, NO_GRANT],
  [
    'NotResource: all but these',
    { identity: [{ Effect: 'Allow', Action: '*', NotResource: `${BUCKET}/x` }] },
    'allowed',
  ],
  ['NotResource: these', { identity: [{ Effect: 'Allow', Action: '*', NotResource: `${BUCKET}/*` }] }, NO_GRANT],
  [
    'what has no resource is allowed by a star alone',
    { resource: '*', identity: [allow('*', 'arn:aws:s3:::*')] },
    NO_GRANT,
  ],
  ['an explicit deny wins over an allow', { identity: [allow('*'), deny('s3:GetObject', OBJECT)] }, DENIED],
  ['whatever their order', { identity: [deny('s3:*'), allow('*')] }, DENIED],
  ['a deny of something else does not', { identity: [allow('*'), deny('s3:*', 'arn:aws:s3:::other/*')] }, 'allowed'],
  ['a statement alone, not in a list', { identity: [allow('*')] }, 'allowed'],

  ['the resource allows the role', { on: [lets({ AWS: ROLE })] }, 'allowed'],
  ['the resource allows the session', { on: [lets({ AWS: SESSION })] }, 'allowed'],
  ['the resource allows everybody', { on: [lets('*')] }, 'allowed'],
  ['the resource allows everybody, written out', { on: [lets({ AWS: ['*'] })] }, 'allowed'],
  ['the account as principal leaves it to the role', { on: [lets({ AWS: `arn:aws:iam::${ACCOUNT}:root` })] }, NO_GRANT],
  ['so does its number', { on: [lets({ AWS: ACCOUNT })] }, NO_GRANT],
  ['another role is another', { on: [lets({ AWS: `${ROLE}2` })] }, NO_GRANT],
  ['a service is no role', { on: [lets({ Service: 'events.amazonaws.com' })] }, NO_GRANT],
  [
    'a policy on a resource without a Resource is about it',
    { resource: BUCKET, on: [{ Effect: 'Allow', Action: '*', Principal: '*' }] },
    'allowed',
  ],
  [
    'the resource denies everybody',
    { identity: [allow('*')], on: [deny('s3:*', '*', { Principal: '*' })] },
    'explicit: resource-based policy',
  ],
  [
    'the resource denies the account',
    { identity: [allow('*')], on: [deny('*', '*', { Principal: { AWS: ACCOUNT } })] },
    'explicit: resource-based policy',
  ],
  [
    'NotPrincipal denies all others',
    { identity: [allow('*')], on: [deny('*', '*', { NotPrincipal: { AWS: `${ROLE}2` } })] },
    'explicit: resource-based policy',
  ],
  [
    'NotPrincipal spares those it names',
    { identity: [allow('*')], on: [deny('*', '*', { NotPrincipal: { AWS: [ROLE, SESSION] } })] },
    'allowed',
  ],

  [
    'a boundary bounds what the role may',
    { identity: [allow('*')], boundary: [allow('s3:Put*')] },
    'implicit: permissions boundary',
  ],
  ['and allows nothing by itself', { boundary: [allow('*')] }, NO_GRANT],
  ['within it', { identity: [allow('*')], boundary: [allow('s3:Get*')] }, 'allowed'],
  [
    'a boundary denies',
    { identity: [allow('*')], boundary: [allow('*'), deny('s3:Get*')] },
    'explicit: permissions boundary',
  ],
  [
    'it bounds what a resource allows the role',
    { on: [lets({ AWS: ROLE })], boundary: [allow('sqs:*')] },
    'implicit: permissions boundary',
  ],
  ['but not what it allows the session', { on: [lets({ AWS: SESSION })], boundary: [allow('sqs:*')] }, 'allowed'],
])('%s', (_, given, expected) => {
  expect(answer(given)).toBe(expected);
});

/** Whether a condition holds, does not, or cannot be told: an Allow with it, and a Deny. */
function condition(Condition: object, keys: Case['keys']): 'holds' | 'does not hold' | 'unknown' {
  const allowed = answer({ keys, identity: [allow('*', '*', { Condition })] }) === 'allowed';
  const denied = answer({ keys, identity: [allow('*'), deny('*', '*', { Condition })] }) !== 'allowed';
  if (allowed && denied) return 'holds';
  return allowed ? 'unknown' : 'does not hold';
}

const YES = 'holds';
const NO = 'does not hold';
const UNKNOWN = 'unknown';

test.each<[object, Case['keys'], string]>([
  [{ StringEquals: { k: 'a' } }, { k: ['a'] }, YES],
  [{ StringEquals: { k: ['b', 'a'] } }, { k: ['a'] }, YES],
  [{ StringEquals: { k: 'A' } }, { k: ['a'] }, NO],
  [{ StringEquals: { k: 'a*' } }, { k: ['ab'] }, NO],
  [{ StringEquals: { k: 'a' } }, {}, NO],
  [{ StringEqualsIfExists: { k: 'a' } }, {}, YES],
  [{ StringEqualsIfExists: { k: 'a' } }, { k: ['b'] }, NO],
  [{ StringNotEquals: { k: 'a' } }, { k: ['b'] }, YES],
  [{ StringNotEquals: { k: ['b', 'a'] } }, { k: ['a'] }, NO],
  [{ StringNotEquals: { k: 'a' } }, {}, YES],
  [{ StringEqualsIgnoreCase: { k: 'A' } }, { k: ['a'] }, YES],
  [{ StringNotEqualsIgnoreCase: { k: 'A' } }, { k: ['a'] }, NO],
  [{ StringLike: { k: 'loans/*' } }, { k: ['loans/7'] }, YES],
  [{ StringNotLike: { k: 'loans/*' } }, { k: ['loans/7'] }, NO],
  [{ StringLike: { k: 'a?' } }, { k: ['a'] }, NO],
  [{ StringEquals: { k: 'a' }, StringLike: { l: '*' } }, { k: ['a'] }, NO],
  [{ StringEquals: { k: 'a', l: 'b' } }, { k: ['a'], l: ['b'] }, YES],
  [{ StringEquals: { k: 'a', l: 'b' } }, { k: ['a'], l: ['c'] }, NO],
  [{ NumericLessThan: { k: 10 } }, { k: ['9.5'] }, YES],
  [{ NumericGreaterThanEquals: { k: '10' } }, { k: ['9'] }, NO],
  [{ NumericNotEquals: { k: '10' } }, { k: ['10.0'] }, NO],
  [{ NumericEquals: { k: '10' } }, { k: ['ten'] }, NO],
  [{ DateGreaterThan: { k: '2026-03-01T00:00:00Z' } }, { k: ['2026-03-02T00:00:00Z'] }, YES],
  [{ DateLessThanEquals: { k: '1772323200' } }, { k: ['2026-03-01T00:00:00Z'] }, YES],
  [{ Bool: { k: 'false' } }, { k: ['true'] }, NO],
  [{ Bool: { k: true } }, { k: ['true'] }, YES],
  [{ Bool: { k: 'false' } }, {}, NO],
  [{ BoolIfExists: { k: 'true' } }, {}, YES],
  [{ IpAddress: { k: '203.0.113.0/24' } }, { k: ['203.0.113.77'] }, YES],
  [{ IpAddress: { k: ['10.0.0.0/8', '203.0.113.7'] } }, { k: ['203.0.113.8'] }, NO],
  [{ NotIpAddress: { k: '203.0.113.0/24' } }, { k: ['203.0.114.1'] }, YES],
  [{ IpAddress: { k: '2001:db8::/32' } }, { k: ['2001:db8::1'] }, UNKNOWN],
  [
    { ArnLike: { k: 'arn:aws:sns:*:123456789012:orders-*' } },
    { k: ['arn:aws:sns:eu-west-1:123456789012:orders-1'] },
    YES,
  ],
  [{ ArnEquals: { k: 'arn:aws:sns:*:*:orders' } }, { k: ['arn:aws:sns:eu-west-1:123456789012:orders'] }, YES],
  // A star stays within its part of an ARN.
  [{ ArnLike: { k: 'arn:aws:*:orders' } }, { k: ['arn:aws:sns:eu-west-1:123456789012:orders'] }, NO],
  [{ ArnNotLike: { k: 'arn:aws:sns:*:*:orders' } }, { k: ['arn:aws:sns:eu-west-1:123456789012:other'] }, YES],
  [{ Null: { k: 'true' } }, {}, YES],
  [{ Null: { k: true } }, { k: ['a'] }, NO],
  [{ Null: { k: 'false' } }, { k: ['a'] }, YES],
  [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b'] }, YES],
  [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, NO],
  [{ 'ForAllValues:StringLike': { k: ['*#counted'] } }, { k: ['7#counted'] }, YES],
  [{ 'ForAllValues:StringEquals': { k: 'a' } }, {}, YES],
  [{ 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['c', 'b'] }, YES],
  [{ 'ForAnyValue:StringEquals': { k: 'a' } }, { k: ['c', 'b'] }, NO],
  [{ 'ForAnyValue:StringEquals': { k: 'a' } }, {}, NO],
  [{ 'ForAllValues:StringNotEquals': { k: 'a' } }, { k: ['b', 'a'] }, NO],
  [{ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: ['b', 'a'] }, YES],
  // What cannot be told allows, and does not deny.
  [{ StringEquals: { k: 'a' } }, { k: 'unknown' }, UNKNOWN],
  [{ Null: { k: 'true' } }, { k: 'unknown' }, UNKNOWN],
  [{ StringEquals: { k: 'a' }, Bool: { l: 'true' } }, { k: 'unknown', l: ['false'] }, NO],
  [{ BinaryEquals: { k: 'QmluYXJ5' } }, { k: ['x'] }, UNKNOWN],
  // Policy variables.
  [{ StringEquals: { k: '${owner}' } }, { k: ['ada'], owner: ['ada'] }, YES],
  [{ StringLike: { k: 'home/${owner}/*' } }, { k: ['home/*/x'], owner: ['*'] }, YES],
  [{ StringLike: { k: 'home/${owner}/*' } }, { k: ['home/eve/x'], owner: ['*'] }, NO],
  [{ StringEquals: { k: '${owner}' } }, { k: ['ada'] }, NO],
  [{ StringEquals: { k: "${owner, 'nobody'}" } }, { k: ['nobody'] }, YES],
  [{ StringEquals: { k: '${owner}' } }, { k: ['ada'], owner: 'unknown' }, UNKNOWN],
  [{ StringLike: { k: '5${*}${?}' } }, { k: ['5*?'] }, YES],
  [{ StringLike: { k: '5${*}' } }, { k: ['51'] }, NO],
])('%j of %j', (given, keys, expected) => {
  expect(condition(given, keys)).toBe(expected);
});

test('policies of 2008 have no variables', () => {
  const statement = allow('*', `${BUCKET}/\${owner}`);
  const request = { action: 's3:GetObject', resource: `${BUCKET}/ada`, lookup: () => ['ada'] };
  const principal = { roleArn: ROLE, sessionArn: SESSION, accountId: ACCOUNT };
  const decided = (Version: string) =>
    decide(request, principal, { identity: policy([statement], Version), boundary: undefined, resource: [] }).refusal
      ?.kind;
  expect(decided('2012-10-17')).toBeUndefined();
  expect(decided('2008-10-17')).toBe('implicit');
});

test('a decision that hangs on the request says so', () => {
  const hangs = (identity: Json[]) =>
    decide(
      { action: 's3:GetObject', resource: OBJECT, lookup: () => ['x'] },
      { roleArn: ROLE, sessionArn: SESSION, accountId: ACCOUNT },
      { identity: policy(identity), boundary: undefined, resource: [] },
    ).hangsOnRequest;
  const Condition = { StringEquals: { k: 'a' } };
  expect(hangs([allow('*')])).toBe(false);
  expect(hangs([allow('*'), deny('*', '*', { Condition })])).toBe(true);
  expect(hangs([allow('*', `${BUCKET}/\${k}`)])).toBe(true);
  expect(hangs([allow('*'), deny('sqs:*', '*', { Condition })])).toBe(false);
});

test.each<[string, Json]>([
  ['nothing', {}],
  ['a text', 'Allow everything'],
  [
    'statements that are none',
    { Version: '2012-10-17', Statement: ['x', 7, { Action: '*', Resource: '*' }, { Effect: 'allow', Action: '*' }] },
  ],
])('%s is no policy', (_, document) => {
  expect(readPolicy(document)).toEqual([]);
});
