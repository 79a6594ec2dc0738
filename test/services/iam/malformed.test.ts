import type { Json } from '../../../local/asl/json';
import { malformedIn } from '../../../local/services/iam/malformed';

/** docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html, and what IAM answers to what breaks it. */
const SOUND = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' };
const ON_RESOURCE = { ...SOUND, Principal: '*' };
const document = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
/** A sound statement with this in place of its own; what is undefined is left out. */
const but = (changes: { [name: string]: Json | undefined }, statement: object = SOUND): Json => {
  const members = Object.entries({ ...statement, ...changes });
  return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
};
const syntax = (why: string) => `Syntax errors in policy. (${why}.)`;
const legacy = 'The policy failed legacy parsing. (Invalid effect: "allow" is neither "Allow" nor "Deny".)';
const vendor = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. (Action is "GetItem".)';

test.each<[fault: string, statement: Json]>([
  ['Policy statement must contain resources.', but({ Resource: undefined })],
  ['Policy statement must contain resources.', but({ Resource: [] })],
  ['Policy statement must contain actions.', but({ Action: undefined })],
  ['Policy statement must contain actions.', { Effect: 'Deny' }],
  ['Policy document should not specify a principal.', ON_RESOURCE],
  ['Policy document should not specify a principal.', but({ NotPrincipal: { AWS: '123456789012' } })],
  ['Resource Orders must be in ARN format or "*".', but({ Resource: 'Orders' })],
  ['Resource /Orders must be in ARN format or "*".', but({ Resource: ['arn:aws:s3:::b', '/Orders'] })],
  ['Resource Orders must be in ARN format or "*".', but({ Resource: undefined, NotResource: 'Orders' })],
  [vendor, but({ Action: 'GetItem' })],
  [vendor, but({ Action: undefined, NotAction: ['s3:*', 'GetItem'] })],
  ['Actions/Condition can contain only one colon. (Action is "s3:a:b".)', but({ Action: 's3:a:b' })],
  [legacy, but({ Effect: 'allow' })],
  ['Syntax errors in policy. (Invalid effect: "Maybe" is neither "Allow" nor "Deny".)', but({ Effect: 'Maybe' })],
  ['Syntax errors in policy. (Invalid effect: null is neither "Allow" nor "Deny".)', but({ Effect: null })],
  [syntax('It has no Effect'), but({ Effect: undefined })],
  [syntax('It has both Action and NotAction'), but({ NotAction: 's3:*' })],
  [syntax('It has both Resource and NotResource'), but({ NotResource: [] })],
  [syntax('effect is no element of a statement'), { effect: 'Allow', action: 's3:*', resource: '*' }],
  [syntax('Action is 7'), but({ Action: 7 })],
  [syntax('Action is null'), but({ Action: null })],
  [syntax('Resource is {"a":"*"}'), but({ Resource: ['*', { a: '*' }] })],
  [syntax('Condition is no object'), but({ Condition: 'x' })],
  [syntax('Condition is no object'), but({ Condition: [] })],
  [syntax('Condition.StringEquals is no object'), but({ Condition: { StringEquals: 'x' } })],
  [syntax('StringEqual is no condition operator'), but({ Effect: 'Deny', Condition: { StringEqual: { k: 'x' } } })],
  [syntax('NullIfExists is no condition operator'), but({ Condition: { NullIfExists: { k: 'true' } } })],
  [syntax('ForAnyValue::Bool is no condition operator'), but({ Condition: { 'ForAnyValue::Bool': { k: 'x' } } })],
  [syntax('constructor is no condition operator'), but({ Condition: { constructor: { k: 'x' } } })],
  [syntax('Condition.Bool.k is neither a value nor a list of values'), but({ Condition: { Bool: { k: { a: '' } } } })],
  [syntax('It is no object'), 'x'],
  [syntax('It is no object'), null],
])('%s', (fault, statement) => {
  expect(malformedIn(document(SOUND, statement), 'identity')).toEqual([{ statement: '2', fault }]);
});

test.each<[why: string, whole: Json | undefined]>([
  ['It is no object', undefined],
  ['It is no object', null],
  ['It is no object', 7],
  ['It is no object', 'not JSON'],
  ['It is no object', []],
  ['It has no Statement', {}],
  ['It has no Statement', document()],
  ['statement is no element of a policy', { statement: [SOUND] }],
  ['Version is "2020-01-01"', { Version: '2020-01-01', Statement: SOUND }],
])('%s: a document that is %j', (why, whole) => {
  expect(malformedIn(whole, 'identity')).toEqual([{ statement: undefined, fault: syntax(why) }]);
});

test.each<[statement: Json]>([[null], ['x'], [7]])('a Statement that is %j is its first, and none', (Statement) => {
  const found = malformedIn({ Version: '2012-10-17', Statement }, 'identity');
  expect(found).toEqual([{ statement: '1', fault: syntax('It is no object') }]);
});

test('each statement is told of by its Sid or number, with its first fault', () => {
  const broken = { Sid: 'Reads', Effect: 'Allow' };
  expect(malformedIn(document(broken, SOUND, but({ Sid: '', Resource: 'x', Action: 'x' })), 'identity')).toEqual([
    { statement: 'Reads', fault: 'Policy statement must contain actions.' },
    { statement: '3', fault: expect.stringContaining('prefaced by a vendor') },
  ]);
});

test.each<[statement: Json]>([
  [but({ Action: ['*', 'S3:get*', 's3-object-lambda:Get*'], Resource: ['*', 'arn:aws:s3:::b/${aws:username}'] })],
  [but({ Effect: 'Deny', Action: undefined, NotAction: 'iam:*', Resource: undefined, NotResource: 'arn:aws:s3:::b' })],
  [but({ Sid: 'a', Condition: {} })],
  [but({ Condition: { StringEqual: {}, Bool: { 'aws:SecureTransport': false }, NumericLessThan: { k: [1, '2'] } } })],
  [but({ Condition: { 'ForAllValues:StringNotLikeIfExists': { k: 'x' }, Null: { k: 'true' } } })],
  [but({ Condition: { IPAddress: { k: '10.0.0.0/8' }, BinaryEquals: { k: 'eA==' }, ArnNotLike: { k: 'x' } } })],
])('%j is sound', (statement) => {
  expect(malformedIn(document(statement), 'identity')).toEqual([]);
  expect(malformedIn({ Id: 'x', Statement: statement }, 'identity')).toEqual([]);
  expect(malformedIn(JSON.stringify(document(statement)), 'identity')).toEqual([]);
  expect(
    malformedIn(document(but({ Principal: { Service: 'sns.amazonaws.com' } }, statement as object)), 'resource'),
  ).toEqual([]);
});

test('the policy of a resource has a principal, and may leave the resource to its place', () => {
  const statements = [SOUND, ON_RESOURCE, but({ Resource: undefined }, ON_RESOURCE)];
  const queue = but({ Resource: '/123456789012/queue' }, ON_RESOURCE);
  const named = but({ Resource: 'queue' }, ON_RESOURCE);
  expect(malformedIn(document(...statements, queue, named), 'resource')).toEqual([
    { statement: '1', fault: 'Missing required field Principal.' },
    { statement: '5', fault: 'Resource queue must be in ARN format or "*".' },
  ]);
});

test('what nobody knows here is no fault, wherever it stands', () => {
  const isKnown = (text: string) => !text.includes('UNKNOWN');
  const unknown = [
    but({ Effect: 'UNKNOWN', Action: 'UNKNOWN', Resource: ['UNKNOWN.Arn'] }),
    but({ Condition: 'UNKNOWN' }),
    but({ Condition: { StringEquals: 'UNKNOWN' } }),
    'UNKNOWN',
  ];
  expect(malformedIn(document(...unknown), 'identity', isKnown)).toEqual([]);
  expect(malformedIn('UNKNOWN', 'identity', isKnown)).toEqual([]);
  expect(malformedIn({ Version: 'UNKNOWN', Statement: 'UNKNOWN' }, 'identity', isKnown)).toEqual([]);
  expect(malformedIn(document(but({ Resource: ['UNKNOWN', 'Orders'] })), 'identity', isKnown)).toHaveLength(1);
});
