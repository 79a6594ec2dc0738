import { parametersFor } from '../../asl/integrations/parameters-for';
import { LocalCloud, ROLE } from './local-cloud';
import { DEBUG, type Given, refused, testState } from './state-tests';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

const test = (definition: object, given: Given = {}) => testState(cloud, { ...definition }, given);
const refusal = async (definition: object, given: Given = {}) => {
  const { code, message } = await refused(cloud, { ...definition }, given);
  return `${code}: ${message}`;
};

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';
const task = (more: object = {}) => ({ Type: 'Task', Resource: FUNCTION, End: true, ...more });
const BROKEN = { errorOutput: { error: 'Broken', cause: 'by design' } };

describe('a mocked task', () => {
  it.each([
    FUNCTION,
    'arn:aws:states:us-east-1:123456789012:activity:desk',
    'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    'arn:aws:states:::ecs:runTask.sync',
  ])('is not called and needs no role: %s', async (Resource) => {
    const answer = await test(task({ Resource, ...parametersFor(Resource), ResultPath: '$.r' }), {
      input: { a: 1 },
      result: [2],
    });
    expect(answer).toEqual({ status: 'SUCCEEDED', output: { a: 1, r: [2] } });
    expect(cloud.asked).toEqual([]);
  });

  it('tells its Arguments and its result', async () => {
    const state = task({
      QueryLanguage: 'JSONata',
      Arguments: { b: '{% $states.input.a + 1 %}' },
      Output: { c: '{% $states.result.c %}' },
    });
    const { inspectionData } = await test(state, { input: { a: 1 }, result: { c: 3, d: 4 }, ...DEBUG });
    expect(inspectionData).toEqual({ input: { a: 1 }, afterArguments: { b: 2 }, result: { c: 3, d: 4 } });
  });

  it('fails with the error given', async () => {
    const answer = await test(task(), { ...BROKEN, ...DEBUG });
    expect(answer).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'by design' });
    expect(answer.inspectionData).not.toHaveProperty('result');
    expect(answer.inspectionData).not.toHaveProperty('errorDetails');
  });
});

describe('a failure', () => {
  const RETRY = [
    { ErrorEquals: ['Other'], MaxAttempts: 1 },
    { ErrorEquals: ['Broken'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 },
  ];
  const CATCH = [
    { ErrorEquals: ['Other'], Next: 'Never' },
    { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Mend' },
  ];
  const retried = (retrierRetryCount: number) => ({ ...BROKEN, ...DEBUG, stateConfiguration: { retrierRetryCount } });

  it('that would be tried again tells when', async () => {
    expect(await test(task({ Retry: RETRY, Catch: CATCH }), { ...BROKEN, ...DEBUG })).toMatchObject({
      status: 'RETRIABLE',
      error: 'Broken',
      cause: 'by design',
      inspectionData: { errorDetails: { retryIndex: 1, retryBackoffIntervalSeconds: 2 } },
    });
  });

  it('counts the retries that the configuration says there were', async () => {
    const { inspectionData, output } = await test(task({ Retry: RETRY }), retried(1));
    expect(inspectionData.errorDetails).toEqual({ retryIndex: 1, retryBackoffIntervalSeconds: 6 });
    expect(output).toBeUndefined();
  });

  it('is final when they are used up, and tells whose they were', async () => {
    const { status, inspectionData } = await test(task({ Retry: RETRY }), retried(2));
    expect([status, inspectionData.errorDetails]).toEqual(['FAILED', { retryIndex: 1 }]);
  });

  it('that is caught tells the catcher, its output and where it leads', async () => {
    expect(await test(task({ Catch: CATCH }), { input: { a: 1 }, ...BROKEN, ...DEBUG })).toMatchObject({
      status: 'CAUGHT_ERROR',
      error: 'Broken',
      cause: 'by design',
      output: { a: 1, error: { Error: 'Broken', Cause: 'by design' } },
      nextState: 'Mend',
      inspectionData: { errorDetails: { catchIndex: 1 } },
    });
  });
});

describe('a mocked Parallel', () => {
  const parallel = (more: object = {}) => ({
    Type: 'Parallel',
    Branches: ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } })),
    End: true,
    ...more,
  });

  it('has the mocked results of its branches', async () => {
    const state = parallel({ ResultSelector: { 'first.$': '$[0]' }, ResultPath: '$.r' });
    expect(await test(state, { input: { a: 1 }, result: [1, 2], ...DEBUG })).toEqual({
      status: 'SUCCEEDED',
      output: { a: 1, r: { first: 1 } },
      inspectionData: {
        input: { a: 1 },
        afterResultSelector: { first: 1 },
        afterResultPath: { a: 1, r: { first: 1 } },
      },
    });
  });

  it('fails with the error of one of its states', async () => {
    const Catch = [{ ErrorEquals: ['Broken'], Next: 'Mend' }];
    const given = { ...BROKEN, stateConfiguration: { errorCausedByState: 'B' } };
    expect(await test(parallel({ Catch }), given)).toMatchObject({ status: 'CAUGHT_ERROR', nextState: 'Mend' });
    const elsewhere = { ...BROKEN, stateConfiguration: { errorCausedByState: 'C' } };
    expect(await refusal(parallel(), elsewhere)).toBe('ValidationException: State not found in definition');
  });

  it('must have a mock that fits', async () => {
    expect(await refusal(parallel())).toMatch(/^InvalidDefinition: TestState API does not support Map or Parallel/);
    expect(await refusal(parallel(), { result: {} })).toBe('ValidationException: Mocked result must be an array.');
    expect(await refusal(parallel(), { result: [1] })).toMatch(/same number of items as number of Parallel branches/);
  });
});

describe('a mocked Map', () => {
  const map = (more: object = {}) => ({
    Type: 'Map',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'One',
      States: { One: { Type: 'Pass', End: true } },
    },
    End: true,
    ...more,
  });
  const failures = (mapIterationFailureCount: number) => ({ stateConfiguration: { mapIterationFailureCount } });

  it('tells what each of its iterations would get', async () => {
    const state = map({
      InputPath: '$.in',
      ItemsPath: '$.items',
      ItemSelector: { 'n.$': '$$.Map.Item.Value', 'k.$': '$.k' },
      ItemBatcher: { MaxItemsPerBatch: 2 },
      MaxConcurrency: 7,
      ToleratedFailureCount: 1,
      ToleratedFailurePercentage: 50,
      ResultPath: '$.r',
    });
    const answer = await test(state, { input: { in: { items: [1, 2, 3], k: 0 } }, result: ['x'], ...DEBUG });
    const [one, two, three] = [1, 2, 3].map((n) => ({ n, k: 0 }));
    const output = { in: { items: [1, 2, 3], k: 0 }, r: ['x'] };
    expect(answer).toEqual({
      status: 'SUCCEEDED',
      output,
      inspectionData: {
        input: { in: { items: [1, 2, 3], k: 0 } },
        afterInputPath: { items: [1, 2, 3], k: 0 },
        afterItemsPath: [1, 2, 3],
        afterItemSelector: [one, two, three],
        afterItemBatcher: [{ Items: [one, two] }, { Items: [three] }],
        maxConcurrency: 7,
        toleratedFailureCount: 1,
        toleratedFailurePercentage: 50,
        afterResultSelector: ['x'],
        afterResultPath: output,
      },
    });
  });

  it('may be an inline one', async () => {
    const inline = { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } };
    const answer = await test(map({ ItemProcessor: inline, Next: 'After', End: undefined }), {
      input: [1],
      result: [2],
    });
    expect(answer).toEqual({ status: 'SUCCEEDED', output: [2], nextState: 'After' });
  });

  it('fails when more iterations failed than it tolerates', async () => {
    const error = 'States.ExceedToleratedFailureThreshold';
    const given = { input: [1, 2, 3], result: [0, 0, 0] };
    expect(await test(map({ ToleratedFailureCount: 1 }), { ...given, ...failures(2) })).toMatchObject({
      status: 'FAILED',
      error,
    });
    expect(await test(map({ ToleratedFailureCount: 2 }), { ...given, ...failures(2) })).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(await test(map({ ToleratedFailurePercentage: 50 }), { ...given, ...failures(2) })).toMatchObject({ error });
    expect(await test(map({ ToleratedFailurePercentage: 70 }), { ...given, ...failures(2) })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  it('cannot have more failures than iterations', async () => {
    expect(await refusal(map(), { input: [1], result: [1], ...failures(2) })).toBe(
      'ValidationException: Map iteration failure count must be less than or equal to the number of Map iterations',
    );
  });

  it.each([
    ['JSON', {}, '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }], undefined],
    ['JSON', { ItemsPointer: '/rows' }, '{"rows":[{"a":1}]}', [{ a: 1 }], [{ a: 1 }]],
    ['JSONL', {}, '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }], undefined],
    ['CSV', { CSVHeaderLocation: 'FIRST_ROW' }, 'a,b\n1,2\n', [{ a: '1', b: '2' }], undefined],
    ['JSONL', { MaxItems: 1 }, '{"a":1}\n{"a":2}\n', [{ a: 1 }], undefined],
  ])('reads what its ItemReader would have found: %s %j', async (InputType, config, data, items, pointed) => {
    const state = map({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType, ...config },
        Parameters: { Bucket: 'b', Key: 'k' },
      },
      ItemSelector: { 'item.$': '$$.Map.Item.Value' },
    });
    const given = { result: [], stateConfiguration: { mapItemReaderData: data }, ...DEBUG };
    const { inspectionData } = await test(state, given);
    expect(inspectionData.afterItemSelector).toEqual(items.map((item) => ({ item })));
    expect(inspectionData.afterItemsPointer).toEqual(pointed);
  });

  it('fails when what its ItemReader found cannot be read', async () => {
    const ItemReader = { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'b', Key: 'k' } };
    const given = { result: [], stateConfiguration: { mapItemReaderData: '{' } };
    expect(await test(map({ ItemReader }), given)).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
    });
  });

  it('fails when an item cannot be selected', async () => {
    const state = map({ ItemSelector: { 'n.$': '$$.Map.Item.Value.n' } });
    const { status, error, cause } = await test(state, { input: [{ n: 1 }, {}], result: [1, 2] });
    expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
    expect(cause).toContain("'$$.Map.Item.Value.n' specified for the field 'n.$' could not be found");
  });

  it('fails with the error of one of its states', async () => {
    const given = { input: [1], ...BROKEN, stateConfiguration: { errorCausedByState: 'One' } };
    expect(await test(map(), given)).toEqual({ status: 'FAILED', error: 'Broken', cause: 'by design' });
  });

  it('answers an object when its results go to a bucket, else an array', async () => {
    const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b', Prefix: 'p' } };
    const exported = { ResultWriterDetails: { Bucket: 'b', Key: 'k' } };
    expect(await test(map({ ResultWriter }), { input: [], result: exported })).toMatchObject({ output: exported });
    expect(await refusal(map({ ResultWriter }), { input: [], result: [] })).toMatch(/must be a JSON object\.$/);
    expect(await refusal(map(), { input: [], result: {} })).toMatch(/must be an array\.$/);
  });
});

describe('a mock', () => {
  it.each([
    [{ Type: 'Pass', End: true }, 'Pass'],
    [{ Type: 'Wait', Seconds: 1, End: true }, 'Wait'],
    [{ Type: 'Succeed' }, 'Succeed'],
    [{ Type: 'Fail' }, 'Fail'],
  ])('is not for %j', async (state, type) => {
    const expected = `ValidationException: State type '${type}' is not supported when a mock is specified`;
    expect(await refusal(state, { result: 1 })).toBe(expected);
  });

  it('is either a result or an error', async () => {
    expect(await refusal(task(), { result: 1, ...BROKEN })).toMatch(
      /only one of the following fields: \[result, errorOutput\]\.$/,
    );
    expect(await refusal(task(), { mock: {} })).toMatch(/one of the following fields: \[result, errorOutput\]\.$/);
  });

  it('is JSON', async () => {
    expect(await refusal(task(), { mock: { result: '{' } })).toBe(
      'ValidationException: Mocked result must be valid JSON',
    );
  });

  it('reveals no secrets', async () => {
    expect(await refusal(task(), { result: 1, revealSecrets: true })).toBe(
      'ValidationException: TestState does not support RevealSecrets when a mock is specified.',
    );
  });

  it.each([
    ['RetrierRetryCount', { stateConfiguration: { retrierRetryCount: 0 } }],
    ['MapIterationFailureCount', { stateConfiguration: { mapIterationFailureCount: 0 } }],
    ['MapItemReaderData', { stateConfiguration: { mapItemReaderData: '[]' } }],
    ['ErrorCausedByState', { stateConfiguration: { errorCausedByState: 'A' } }],
    ['Context', { context: {} }],
  ])('must be there for %s', async (name, given) => {
    const expected = `ValidationException: TestState does not support ${name} when a mock is not specified.`;
    expect(await refusal(task(), { roleArn: ROLE, ...given })).toBe(expected);
  });
});

describe('the context object', () => {
  const state = task({ QueryLanguage: 'JSONata', Output: '{% $states.context %}' });

  it('is that of an Express execution of an unnamed state machine', async () => {
    const { output } = await test(state, { input: { a: 1 }, result: 1, roleArn: ROLE });
    const { Execution, StateMachine } = output;
    expect(output).toEqual({
      Execution: {
        Id: `arn:aws:states:us-east-1:123456789012:express:${StateMachine.Name}:${Execution.Name}`,
        Input: { a: 1 },
        Name: Execution.Name,
        RoleArn: ROLE,
        StartTime: '2026-03-01T08:00:00.000Z',
      },
      StateMachine: {
        Id: `arn:aws:states:us-east-1:123456789012:stateMachine:${StateMachine.Name}`,
        Name: StateMachine.Name,
      },
      State: { Name: 'StateName', EnteredTime: '2026-03-01T08:00:00.000Z', RetryCount: 0 },
    });
  });

  it('is the one given, and no more', async () => {
    const context = { Execution: { Name: 'run-1', Input: { x: 1 } }, State: { RetryCount: 2 } };
    expect(await test(state, { result: 1, context })).toMatchObject({ output: context });
    expect((await test(state, { result: 1, context: {} })).output).toEqual({});
  });

  it('may have a token for a task that gets one', async () => {
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const waiting = task({ Resource, Parameters: { QueueUrl: 'q', 'MessageBody.$': '$$.Task.Token' } });
    const context = { Task: { Token: 'token-1' } };
    const { inspectionData } = await test(waiting, { result: 1, context, ...DEBUG });
    expect(inspectionData.afterParameters).toEqual({ QueueUrl: 'q', MessageBody: 'token-1' });
    expect(await refusal(task(), { result: 1, context })).toMatch(/Context object contains 'Task' when state is not/);
  });

  it.each([
    [{ Other: {} }, "Field 'Other' is not allowed"],
    [{ State: { Mood: 1 } }, "Field 'Mood' is not allowed"],
    [{ State: { toString: 1 } }, "Field 'toString' is not allowed"],
    [{ State: { Name: 1 } }, 'State.Name must be a string'],
    [{ State: { RetryCount: '1' } }, 'State.RetryCount must be an integer'],
    [{ Execution: [] }, 'Execution must be an object'],
    [{ Map: {} }, "'Map' field is not supported when mocking a Context object"],
    [[], 'Context object must be a valid JSON object'],
  ])('cannot be %j', async (context, problem) => {
    const expected = `ValidationException: Invalid Context object provided: ${problem}`;
    expect(await refusal(task(), { result: 1, context })).toBe(expected);
  });
});
