import type { Json } from '../../local/asl/json';
import { referencesOf, resolve, type Scope } from '../../local/assembly/intrinsics';
import { parseTemplate } from '../../local/assembly/template';

const RESOURCES: Record<string, { ref: string; Arn: string }> = {
  Queue: { ref: 'https://sqs/queue', Arn: 'arn:aws:sqs:us-east-1:123456789012:queue' },
};

function scope(sections: Record<string, object> = {}): Scope {
  return {
    template: parseTemplate(sections as never, 'test.json'),
    pseudo: { 'AWS::Region': 'us-east-1', 'AWS::AccountId': '123456789012', 'AWS::URLSuffix': 'amazonaws.com' },
    parameters: { Stage: 'dev', Zones: ['a', 'b'] },
    ref: (id) => RESOURCES[id]?.ref,
    attribute: (id, name) => (name === 'Arn' ? RESOURCES[id]?.Arn : undefined),
    imported: (name) => (name === 'shared-bus' ? 'the-bus' : undefined),
    output: (stack, name) => (stack === 'Shared' && name === 'Table' ? 'the-table' : undefined),
    composed: (text) => text.replace('https://api.example', 'http://127.0.0.1:1'),
  };
}

const MAPPINGS = { Mappings: { Limits: { dev: { loans: 3 } } } };
const CONDITIONS = {
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
  },
};

describe('resolve', () => {
  test.each<[string, Json, Json]>([
    ['Ref of a resource', { Ref: 'Queue' }, 'https://sqs/queue'],
    ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['GetAtt with a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:123456789012:queue'],
    ['GetAtt with a text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:123456789012:queue'],
    [
      'Sub',
      { 'Fn::Sub': 'a-${AWS::AccountId}-${Queue.Arn}-${!Literal}' },
      'a-123456789012-arn:aws:sqs:us-east-1:123456789012:queue-${Literal}',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${x}-${Stage}', { x: { Ref: 'Queue' } }] }, 'https://sqs/queue-dev'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 7]] }, 'a-dev-7'],
    ['Join of a list parameter', { 'Fn::Join': [',', { Ref: 'Zones' }] }, 'a,b'],
    ['Select and Split', { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::Sub': 'x:${Stage}' }] }] }, 'dev'],
    ['Select with a text for an index', { 'Fn::Select': ['0', ['first']] }, 'first'],
    ['FindInMap', { 'Fn::FindInMap': ['Limits', { Ref: 'Stage' }, 'loans'] }, 3],
    ['Base64', { 'Fn::Base64': 'häuser' }, 'aMOkdXNlcg=='],
    ['GetAZs', { 'Fn::GetAZs': '' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    ['Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
    ['ToJsonString', { 'Fn::ToJsonString': { queue: { Ref: 'Queue' } } }, '{"queue":"https://sqs/queue"}'],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'shared-bus' } }, 'the-bus'],
    ['GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Shared', OutputName: 'Table' } }, 'the-table'],
    ['If that holds', { 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
    ['If that does not', { 'Fn::If': ['IsProd', 'yes', { Ref: 'Stage' }] }, 'dev'],
    ['And, Or', [{ 'Fn::If': ['Both', 1, 2] }, { 'Fn::If': ['Either', 1, 2] }], [2, 1]],
    ['NoValue in an object and a list', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['an address put together', { 'Fn::Join': ['', ['https://', 'api.example', '/x']] }, 'http://127.0.0.1:1/x'],
    [
      'an IAM condition, which is no function',
      { Condition: { Bool: { x: 'false' } } },
      { Condition: { Bool: { x: 'false' } } },
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolve(value, scope({ ...MAPPINGS, ...CONDITIONS }))).toEqual(expected);
  });

  test.each<[Json, string]>([
    [{ Ref: 'Nobody' }, "There is no resource or parameter 'Nobody'."],
    [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, "The resource 'Queue' has no attribute 'Colour'."],
    [{ 'Fn::ImportValue': 'nothing' }, "No stack exports 'nothing'."],
    [{ 'Fn::GetStackOutput': { StackName: 'Shared', OutputName: 'X' } }, "The stack 'Shared' has no output 'X'."],
    [{ 'Fn::Transform': {} }, 'The intrinsic function Fn::Transform is not supported.'],
    [{ 'Fn::Join': 'x' }, 'Fn::Join wants a list, not "x".'],
    [{ 'Fn::Select': [3, ['a']] }, 'Fn::Select has no element 3.'],
    [{ 'Fn::If': ['Unknown', 1, 2] }, "The template has no condition 'Unknown'."],
  ])('refuses %j', (value, message) => {
    expect(() => resolve(value, scope())).toThrow(message);
  });
});

test('referencesOf finds what a value depends on', () => {
  const found = referencesOf({
    a: [{ Ref: 'One' }, { 'Fn::GetAtt': ['Two', 'Arn'] }, { 'Fn::GetAtt': 'Three.Arn' }],
    b: { 'Fn::Sub': ['${Four} ${Five.Arn} ${!Six}', { x: { Ref: 'Seven' } }] },
    c: { 'Fn::ImportValue': 'export' },
    d: { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'X' } },
  });
  expect([...found.logicalIds]).toEqual(['One', 'Two', 'Three', 'Four', 'Five', 'Seven']);
  expect([...found.attributes]).toEqual(['Two.Arn', 'Three.Arn', 'Five.Arn']);
  expect([...found.imports]).toEqual(['export']);
  expect([...found.stacks]).toEqual(['Other']);
});
