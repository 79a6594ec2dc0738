import type { JsonObject } from '../../../local/asl/json';
import { parametersFor } from '../integrations/parameters-for';
import { findings, machineWith } from './machine';

const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:work';
const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:desk';
const task = { Type: 'Task', Resource: LAMBDA, Next: 'Next' };
const integrated = (name: string): JsonObject => {
  const Resource = `arn:aws:states:::${name}`;
  return { ...task, Resource, ...parametersFor(Resource) };
};
const block = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const map = { Type: 'Map', ItemProcessor: block, Next: 'Next' };
const distributed = (more: JsonObject = {}, config: JsonObject = {}): JsonObject => ({
  ...map,
  ItemProcessor: { ...block, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD', ...config } },
  ...more,
});
const choice = (...rules: JsonObject[]): JsonObject => ({ Type: 'Choice', Choices: rules });
const test1 = { Variable: '$.a', StringEquals: 'x' };

describe('valid states', () => {
  test.each<[string, JsonObject]>([
    [
      'Pass',
      {
        Type: 'Pass',
        Comment: 'c',
        Result: { a: 1 },
        ResultPath: '$.r',
        InputPath: null,
        OutputPath: '$',
        Next: 'Next',
      },
    ],
    ['Pass with an intrinsic', { Type: 'Pass', Parameters: { 'id.$': "States.Format('{}', $.a)" }, End: true }],
    ['Task', { ...task, TimeoutSeconds: 60, HeartbeatSeconds: 10, ResultSelector: { 'a.$': '$.b' } }],
    ['Task with paths', { ...task, TimeoutSecondsPath: '$.t', HeartbeatSecondsPath: '$t' }],
    ['Task of an activity', { ...task, Resource: ACTIVITY }],
    ['Task of the SDK', { ...integrated('aws-sdk:s3:putObject'), Credentials: { 'RoleArn.$': '$.role' } }],
    ['Task with a token', integrated('sqs:sendMessage.waitForTaskToken')],
    ['Task with a nested execution', integrated('states:startExecution.sync:2')],
    [
      'Task that retries',
      { ...task, Retry: [{ ErrorEquals: ['A'], BackoffRate: 1.5, MaxDelaySeconds: 5, JitterStrategy: 'FULL' }] },
    ],
    [
      'Task that catches',
      {
        ...task,
        Catch: [
          { ErrorEquals: ['A'], Next: 'Next' },
          { ErrorEquals: ['States.ALL'], Next: 'Next' },
        ],
      },
    ],
    ['Wait', { Type: 'Wait', Seconds: 0, Next: 'Next' }],
    ['Wait until', { Type: 'Wait', Timestamp: '2024-02-29T00:00:00Z', Next: 'Next' }],
    ['Wait by path', { Type: 'Wait', TimestampPath: '$.due', Next: 'Next' }],
    ['Succeed', { Type: 'Succeed', OutputPath: '$.a' }],
    ['Fail', { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('{}', $.c)" }],
    ['Choice', { ...choice({ Not: { And: [test1, test1] }, Next: 'Next' }), Default: 'Next' }],
    ['Parallel', { Type: 'Parallel', Branches: [block], Next: 'Next' }],
    [
      'Map',
      {
        ...map,
        MaxConcurrency: 0,
        ItemsPath: '$$.Execution.Input.items',
        ItemSelector: { 'v.$': '$$.Map.Item.Value' },
      },
    ],
    ['older Map', { Type: 'Map', Iterator: block, Parameters: {}, Next: 'Next' }],
    [
      'distributed Map',
      distributed({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSON' } } }),
    ],
  ])('%s', (_, state) => {
    expect(findings(machineWith(state))).toEqual([]);
  });
});

describe('fields', () => {
  test.each<[string, JsonObject, string]>([
    ['no type', {}, 'These fields are required: [Type] @/States/S'],
    [
      'no such type',
      { Type: 'Job' },
      "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] @/States/S/Type",
    ],
    [
      'a type of JavaScript',
      { Type: 'constructor' },
      "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] @/States/S/Type",
    ],
    ['an unknown field', { Type: 'Pass', Nxt: 'a', End: true }, "Field 'Nxt' is not supported @/States/S"],
    ['a field of another type', { Type: 'Pass', Catch: [], End: true }, "Field 'Catch' is not supported @/States/S"],
    ['a timeout of a Map', { ...map, TimeoutSeconds: 5 }, "Field 'TimeoutSeconds' is not supported @/States/S"],
    ['an Assign of Succeed', { Type: 'Succeed', Assign: {} }, "Field 'Assign' is not supported @/States/S"],
    ['a missing field', { Type: 'Task', End: true }, 'These fields are required: [Resource] @/States/S'],
    ['a wrong type', { Type: 'Pass', Comment: 5, End: true }, 'Expected value of type String @/States/S/Comment'],
    ['no way on', { Type: 'Pass' }, 'This object should have only one of the following fields: [Next, End] @/States/S'],
    [
      'End: false',
      { Type: 'Pass', End: false },
      'This object should have only one of the following fields: [Next, End] @/States/S',
    ],
    [
      'two ways on',
      { Type: 'Pass', Next: 'Next', End: true },
      'There should only be one of the following fields: [Next, End] @/States/S',
    ],
    ['a bad path', { Type: 'Pass', InputPath: 'a', End: true }, 'Value must be a valid JSONPath. @/States/S/InputPath'],
    [
      'a result everywhere',
      { Type: 'Pass', ResultPath: '$.a[*]', End: true },
      'Value is not a Reference Path @/States/S/ResultPath',
    ],
    [
      'a result in the context',
      { Type: 'Pass', ResultPath: '$$.a', End: true },
      'Value is not a Reference Path @/States/S/ResultPath',
    ],
    [
      'a result in a variable',
      { Type: 'Pass', ResultPath: '$a', End: true },
      'Value is not a Reference Path @/States/S/ResultPath',
    ],
    [
      'a bad template',
      { Type: 'Pass', Parameters: { list: [{ 'x.$': 'name' }] }, End: true },
      "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call @/States/S/Parameters",
    ],
    [
      'a bad intrinsic',
      { Type: 'Pass', Parameters: { 'x.$': "States.Format('\\\"{}', 1)" }, End: true },
      "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call @/States/S/Parameters",
    ],
    ['a state that is none', 'Pass' as unknown as JsonObject, 'Expected value of type Object @/States/S'],
  ])('%s', (_, state, finding) => {
    expect(findings(machineWith(state))).toEqual([finding]);
  });
});

describe('Task', () => {
  const unknown = (resource: string): string =>
    `The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. @/States/S/Resource`;

  test.each([
    ['work', 'Value is not a valid resource ARN @/States/S/Resource'],
    ...[
      'dynamodb:query',
      'lambda:invoke.sync',
      'glue:startJobRun.sync:2',
      'aws-sdk:s3:putObject.sync',
      'aws-sdk:s3',
      'constructor:name',
    ].map((name): [string, string] => [`arn:aws:states:::${name}`, unknown(`arn:aws:states:::${name}`)]),
  ])('resource %s', (resource, finding) => {
    expect(findings(machineWith({ ...task, Resource: resource }))).toEqual([finding]);
  });

  test.each<[JsonObject, string]>([
    [{ TimeoutSeconds: 0 }, 'Minimum value is 1 @/States/S/TimeoutSeconds'],
    [{ TimeoutSeconds: 1.5 }, 'Expected value of type Integer @/States/S/TimeoutSeconds'],
    [{ TimeoutSeconds: 100_000_000 }, 'Maximum value is 99999999 @/States/S/TimeoutSeconds'],
    [
      { TimeoutSeconds: 5, HeartbeatSeconds: 5 },
      "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds' @/States/S/HeartbeatSeconds",
    ],
    [
      { TimeoutSeconds: 5, TimeoutSecondsPath: '$.t' },
      'There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath] @/States/S',
    ],
    [{ TimeoutSecondsPath: '$$.t' }, 'Value is not a Reference Path @/States/S/TimeoutSecondsPath'],
    [{ Credentials: {} }, "The field 'RoleArn' is required but was missing @/States/S/Credentials"],
    [
      { Resource: ACTIVITY, Credentials: { RoleArn: 'arn:aws:iam::123456789012:role/r' } },
      "The field 'Credentials' is not supported for activities @/States/S/Credentials",
    ],
  ])('%j', (more, finding) => {
    expect(findings(machineWith({ ...task, ...more }))).toEqual([finding]);
  });

  test.each([
    [
      'arn:aws:states:::states:startExecution.sync:2',
      "Express state machine does not support '.sync' service integration @/States/S/Resource",
    ],
    [
      'arn:aws:states:::sns:publish.waitForTaskToken',
      "Express state machine does not support '.waitForTaskToken' service integration  @/States/S/Resource",
    ],
    [ACTIVITY, 'Express state machine does not support Activity ARN @/States/S/Resource'],
  ])('%s cannot be express', (resource, finding) => {
    const machine = machineWith({ ...task, Resource: resource, ...parametersFor(resource) });
    expect(findings(machine, 'EXPRESS')).toEqual([finding]);
    expect(findings(machine, 'STANDARD')).toEqual([]);
  });
});

describe('Retry and Catch', () => {
  const ALL = ['States.ALL'];
  test.each<[JsonObject, string]>([
    [{ Retry: [{}] }, 'These fields are required: [ErrorEquals] @/States/S/Retry[0]'],
    [{ Retry: [{ ErrorEquals: [] }] }, 'Value cannot be empty @/States/S/Retry[0]/ErrorEquals'],
    [
      { Retry: [{ ErrorEquals: ALL }, { ErrorEquals: ['A'] }] },
      'States.ALL must appear alone and at end of list @/States/S/Retry[0]/ErrorEquals',
    ],
    [
      { Retry: [{ ErrorEquals: ['A', ...ALL] }] },
      'States.ALL must appear alone and at end of list @/States/S/Retry[0]/ErrorEquals',
    ],
    [{ Retry: [{ ErrorEquals: ALL, BackoffRate: 0.5 }] }, 'Minimum value is 1.0 @/States/S/Retry[0]/BackoffRate'],
    [{ Retry: [{ ErrorEquals: ALL, MaxAttempts: -1 }] }, 'Minimum value is 0 @/States/S/Retry[0]/MaxAttempts'],
    [
      { Retry: [{ ErrorEquals: ALL, JitterStrategy: 'SOME' }] },
      'Value should be one of the following: [NONE, FULL] @/States/S/Retry[0]/JitterStrategy',
    ],
    [
      { Retry: [{ ErrorEquals: ALL, IntervalSeconds: 5, MaxDelaySeconds: 5 }] },
      "'MaxDelaySeconds' must be greater than 'IntervalSeconds' @/States/S/Retry[0]",
    ],
    [{ Retry: {} }, 'Expected value of type Array @/States/S/Retry'],
    [{ Catch: [{ ErrorEquals: ALL }] }, 'These fields are required: [Next] @/States/S/Catch[0]'],
    [
      { Catch: [{ ErrorEquals: ALL, Next: 'Next', ResultPath: 'x' }] },
      'Value must be a valid JSONPath. @/States/S/Catch[0]/ResultPath',
    ],
  ])('%j', (more, finding) => {
    expect(findings(machineWith({ ...task, ...more }))).toEqual([finding]);
  });
});

describe('Wait', () => {
  const names = '[SecondsPath, Seconds, TimestampPath, Timestamp]';
  test.each<[JsonObject, string]>([
    [{}, `This object should have only one of the following fields: ${names} @/States/S`],
    [{ Seconds: 1, SecondsPath: '$.s' }, `There should only be one of the following fields: ${names} @/States/S`],
    [{ Seconds: -1 }, 'Minimum value is 0 @/States/S/Seconds'],
    [{ Seconds: '5' }, 'Expected value of type Integer @/States/S/Seconds'],
    [{ Timestamp: '2016-13-05T21:29:29Z' }, 'String does not match RFC3339 timestamp @/States/S/Timestamp'],
    [{ Timestamp: "{% '2016-03-14T01:59:00Z' %}" }, 'String does not match RFC3339 timestamp @/States/S/Timestamp'],
  ])('%j', (more, finding) => {
    expect(findings(machineWith({ Type: 'Wait', End: true, ...more }))).toEqual([finding]);
  });
});

describe('Choice', () => {
  const next = { Next: 'Next' };
  test.each<[string, JsonObject, string]>([
    ['no rule', choice(), 'Value cannot be empty @/States/S/Choices'],
    ['no target', choice(test1), 'These fields are required: [Next] @/States/S/Choices[0]'],
    [
      'a target inside',
      choice({ Not: { ...test1, ...next }, ...next }),
      "Field 'Next' is not supported @/States/S/Choices[0]/Not",
    ],
    [
      'no test',
      choice(next),
      'The object must have only one of the following fields, [And, Or, Not, Variable, Condition] @/States/S/Choices[0]',
    ],
    [
      'two tests',
      choice({ ...test1, And: [test1], ...next }),
      'The object must have only one of the following fields, [And, Or, Not, Variable, Condition] @/States/S/Choices[0]',
    ],
    ['an empty And', choice({ And: [], ...next }), 'Value cannot be empty @/States/S/Choices[0]/And'],
    [
      'an unknown operator',
      choice({ ...test1, StringContains: 'x', ...next }),
      "Field 'StringContains' is not supported @/States/S/Choices[0]",
    ],
    [
      'an operand of another type',
      choice({ Variable: '$.a', NumericEquals: '1', ...next }),
      'Expected value of type Float @/States/S/Choices[0]/NumericEquals',
    ],
    [
      'an operand that is no time',
      choice({ Variable: '$.a', TimestampEquals: 'x', ...next }),
      'String does not match RFC3339 timestamp @/States/S/Choices[0]/TimestampEquals',
    ],
    [
      'a literal for a variable',
      choice({ Variable: 'a', IsNull: true, ...next }),
      "Value is not a Reference Path: Reference path didn't start with '$' @/States/S/Choices[0]/Variable",
    ],
    [
      'a literal for a path',
      choice({ Variable: '$.a', StringEqualsPath: 'b', ...next }),
      "Value is not a Reference Path: Reference path didn't start with '$' @/States/S/Choices[0]/StringEqualsPath",
    ],
  ])('%s', (_, state, finding) => {
    expect(findings(machineWith(state))).toEqual([finding]);
  });

  test('one operator is needed, two are too many', () => {
    expect(findings(machineWith(choice({ Variable: '$.a', ...next })))[0]).toMatch(
      /^This object should have only one of .*StringEquals/,
    );
    expect(findings(machineWith(choice({ ...test1, IsNull: true, ...next })))[0]).toMatch(
      /^There should only be one of .*StringEquals/,
    );
  });
});

describe('Parallel and Map', () => {
  const inner = (state: JsonObject): JsonObject => ({ StartAt: 'I', States: { I: state } });
  test.each<[string, JsonObject, string]>([
    ['no branches', { Type: 'Parallel', Branches: [], End: true }, 'Value cannot be empty @/States/S/Branches'],
    [
      'a branch without states',
      { Type: 'Parallel', Branches: [{ StartAt: 'I' }], End: true },
      'These fields are required: [States] @/States/S/Branches[0]',
    ],
    [
      'a branch with a query language',
      { Type: 'Parallel', Branches: [{ ...block, QueryLanguage: 'JSONata' }], End: true },
      "Field 'QueryLanguage' is not supported @/States/S/Branches[0]",
    ],
    [
      'a fault deep inside',
      {
        Type: 'Parallel',
        Branches: [block, inner({ ...map, ItemProcessor: inner({ Type: 'Pass', End: true, Retry: [] }), Next: 'I' })],
        End: true,
      },
      "Field 'Retry' is not supported @/States/S/Branches[1]/States/I/ItemProcessor/States/I",
    ],
    [
      'no processor',
      { Type: 'Map', End: true },
      'This object should have only one of the following fields: [ItemProcessor, Iterator] @/States/S',
    ],
    [
      'two processors',
      { ...map, Iterator: block },
      'There should only be one of the following fields: [ItemProcessor, Iterator] @/States/S',
    ],
    ['negative concurrency', { ...map, MaxConcurrency: -1 }, 'Minimum value is 0 @/States/S/MaxConcurrency'],
    [
      'more than all failed',
      { ...map, ToleratedFailurePercentage: 101 },
      'Maximum value is 100.0 @/States/S/ToleratedFailurePercentage',
    ],
    [
      'a reader inline',
      { ...map, ItemReader: { Resource: 'arn:aws:states:::s3:getObject' } },
      "Field 'ItemReader' is not supported @/States/S",
    ],
    [
      'no execution type',
      distributed({}, { ExecutionType: null }),
      'Value should be one of the following: [STANDARD, EXPRESS] @/States/S/ItemProcessor/ProcessorConfig/ExecutionType',
    ],
    [
      'an execution type inline',
      { ...map, ItemProcessor: { ...block, ProcessorConfig: { Mode: 'INLINE', ExecutionType: 'EXPRESS' } } },
      "Field 'ExecutionType' is not supported @/States/S/ItemProcessor/ProcessorConfig",
    ],
    [
      'an unreadable source',
      distributed({ ItemReader: { Resource: 'arn:aws:states:::s3:deleteObject' } }),
      "The field 'Resource' does not match any of the allowed values. Examples: [arn:<partition>:states:::s3:getObject, arn:<partition>:states:::s3:listObjectsV2] @/States/S/ItemReader/Resource",
    ],
    [
      'CSV without headers',
      distributed({
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'GIVEN' },
        },
      }),
      'These fields are required: [CSVHeaders] @/States/S/ItemReader/ReaderConfig',
    ],
    [
      'batches beyond the payload',
      distributed({ ItemBatcher: { MaxInputBytesPerBatch: 262_145 } }),
      'Maximum value is 262144 @/States/S/ItemBatcher/MaxInputBytesPerBatch',
    ],
    [
      'half a writer',
      distributed({ ResultWriter: { WriterConfig: { OutputType: 'JSON' } } }),
      'These fields are required: [Transformation] @/States/S/ResultWriter/WriterConfig',
    ],
    ['a bad label', distributed({ Label: 'a b' }), 'Invalid label name: a b @/States/S/Label'],
  ])('%s', (_, state, finding) => {
    expect(findings(machineWith(state)).slice(0, 1)).toEqual([finding]);
  });

  test('a distributed Map does not fit into an express machine', () => {
    expect(findings(machineWith(distributed()), 'EXPRESS')).toEqual([
      "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines @/States/S/ItemProcessor/ProcessorConfig/Mode",
    ]);
  });

  test('what an express child execution cannot do is refused, wherever its machine runs', () => {
    const processor = {
      ...inner({ ...task, Resource: ACTIVITY, Next: undefined as never, End: true }),
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    };
    expect(findings(machineWith({ ...map, ItemProcessor: processor }))).toEqual([
      'Express state machine does not support Activity ARN @/States/S/ItemProcessor/States/I/Resource',
    ]);
  });
});
