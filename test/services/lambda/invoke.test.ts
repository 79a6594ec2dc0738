import { makeLambda, makeParts, START } from './local-cloud';

const parts = makeParts();
const { lambda, define, invoke, cleanUp } = makeLambda(parts);

afterAll(async () => {
  await cleanUp();
  await parts.close();
});

const failure = (error: unknown) => expect.objectContaining({ errorType: error });

test('answers what the handler returns, with the event and the context that Lambda gives', async () => {
  const { arn } = await define(
    `exports.handler = async (event, context) => ({ event, ...context, remaining: context.getRemainingTimeInMillis() })`,
    { timeoutSeconds: 7, memoryMb: 256 },
  );
  const { value, error, output } = await invoke({ hello: 'world' });
  expect(error).toBeUndefined();
  expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(value).toMatchObject({
    event: { hello: 'world' },
    functionName: 'fn',
    functionVersion: '$LATEST',
    memoryLimitInMB: '256',
    invokedFunctionArn: arn,
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    logGroupName: '/aws/lambda/fn',
    logStreamName: expect.stringMatching(/^2030\/01\/01\/\[\$LATEST\][0-9a-f]{32}$/),
  });
  expect(value.remaining).toBeGreaterThan(5000);
  expect(value.remaining).toBeLessThanOrEqual(7000);
});

test.each([
  ['a promise', `exports.handler = (event) => Promise.resolve(event.n + 1)`, 2],
  ['undefined as null', `exports.handler = async () => undefined`, null],
  ['a callback', `exports.handler = (event, context, callback) => setImmediate(callback, null, 'called')`, 'called'],
  ['a nested export', `exports.handler = { deep: async () => 'deep' }`, 'deep', 'index.handler.deep'],
])('answers %s', async (_name, code, expected, handler = 'index.handler') => {
  await define(code, { handler });
  expect((await invoke({ n: 1 })).value).toEqual(expected);
});

test('loads ES modules, files in folders, and modules beside the handler', async () => {
  await define(
    {
      'src/app.mjs': `import { x } from './x.mjs'; export const handler = async () => x`,
      'src/x.mjs': `export const x = 7`,
    },
    {
      handler: 'src/app.handler',
    },
  );
  expect((await invoke()).value).toBe(7);
  await define({
    'package.json': `{"type":"module"}`,
    'index.js': `export const handler = async () => import.meta.url`,
  });
  expect((await invoke()).value).toMatch(/^file:.*index\.js$/);
});

test.each([
  ['a thrown error', `exports.handler = async () => { throw new TypeError('boom') }`, 'TypeError', 'boom'],
  [
    'a named error',
    `class E extends Error { name = 'Lib.Lost' }; exports.handler = () => { throw new E('gone') }`,
    'Lib.Lost',
    'gone',
  ],
  ['a thrown text', `exports.handler = async () => { throw 'text' }`, 'string', 'text'],
  ['a thrown nothing', `exports.handler = async () => { throw null }`, 'object', 'null'],
  ['a callback error', `exports.handler = (e, c, done) => done(new RangeError('far'))`, 'RangeError', 'far'],
  [
    'a circular result',
    `exports.handler = async () => { const a = {}; a.a = a; return a }`,
    'Error',
    'Unable to stringify response body',
  ],
  ['a BigInt', `exports.handler = async () => 1n`, 'Error', 'Unable to stringify response body'],
])('describes %s as Lambda does', async (_name, code, errorType, errorMessage) => {
  await define(code);
  const { value, error, output } = await invoke();
  expect({ error, status: output.StatusCode }).toEqual({ error: 'Unhandled', status: 200 });
  expect(value).toMatchObject({ errorType, errorMessage, trace: expect.any(Array) });
});

test('the SDK is there without being deployed, as in the runtimes of AWS', async () => {
  await define(`const { SFNClient } = require('@aws-sdk/client-sfn'); exports.handler = async () => SFNClient.name;`);
  expect((await invoke()).value).toBe('SFNClient');
});

test('listeners are told of each invocation that fails', async () => {
  const failures: object[] = [];
  lambda.onFailure((failure) => failures.push(failure));
  await define(`exports.handler = async ({ bad }) => { if (bad) throw new TypeError('no good') }`);
  await invoke({ bad: false });
  await invoke({ bad: true });
  expect(failures).toEqual([{ at: START, functionName: 'fn', errorType: 'TypeError', errorMessage: 'no good' }]);
});

test('the trace of an error begins with the error and names the line', async () => {
  await define(`exports.handler = async () => { throw new Error('where') }`);
  const { value } = await invoke();
  expect(value.trace[0]).toBe('Error: where');
  expect(value.trace[1]).toMatch(/at .*index\.js:1/);
});

test.each([
  ['a missing file', { 'other.js': '' }, 'index.handler', 'Runtime.ImportModuleError', /Cannot find module 'index'/],
  [
    'a missing module',
    { 'index.js': `require('no-such-thing')` },
    'index.handler',
    'Runtime.ImportModuleError',
    /Cannot find module 'no-such-thing'/,
  ],
  [
    'a part of the SDK that is nowhere',
    { 'index.js': `require('@aws-sdk/client-no-such-thing/x')` },
    'index.handler',
    'Runtime.ImportModuleError',
    /client-no-such-thing\/x' \(AWS's runtimes bring it; here, install it in the project: npm install --save-dev @aws-sdk\/client-no-such-thing\)/,
  ],
  [
    'a missing export',
    { 'index.js': `exports.other = 1` },
    'index.handler',
    'Runtime.HandlerNotFound',
    /^index\.handler is undefined or not exported$/,
  ],
  [
    'a syntax error',
    { 'index.js': `exports.handler = async ( => 1` },
    'index.handler',
    'Runtime.UserCodeSyntaxError',
    /^SyntaxError: /,
  ],
  ['a handler without an export', { 'index.js': '' }, 'index', 'Runtime.MalformedHandlerName', /^Bad handler$/],
  [
    'an error while loading',
    { 'index.js': `throw new RangeError('at once')` },
    'index.handler',
    'RangeError',
    /^at once$/,
  ],
])('names %s', async (_name, files, handler, errorType, message) => {
  await define(files as Record<string, string>, { handler });
  expect((await invoke()).value).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
  // A second try loads again and fails alike.
  expect((await invoke()).value).toEqual(failure(errorType));
});

test('refuses a handler with a callback for Node.js 24, as its runtime does', async () => {
  await define(`exports.handler = (event, context, callback) => callback(null, 1)`, { runtime: 'nodejs24.x' });
  expect((await invoke()).value).toEqual(failure('Runtime.CallbackHandlerDeprecated'));
});

test('a response over 6 MB is the failure that AWS makes of it', async () => {
  await define(`exports.handler = async ({ size }) => 'x'.repeat(size)`);
  expect((await invoke({ size: 6_000_000 })).value).toHaveLength(6_000_000);
  expect((await invoke({ size: 6_300_000 })).value).toEqual({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  });
});

test('refuses what is too large, no JSON, or for nobody', async () => {
  await define(`exports.handler = async (event) => event`);
  await expect(invoke({}, { Payload: Buffer.from('{no') })).rejects.toMatchObject({
    code: 'InvalidRequestContentException',
  });
  const large = Buffer.from(JSON.stringify('x'.repeat(6 * 1024 * 1024)));
  await expect(invoke({}, { Payload: large })).rejects.toMatchObject({ code: 'RequestTooLargeException', status: 413 });
  const overAMegabyte = { Payload: Buffer.from(JSON.stringify('x'.repeat(1024 * 1024))), InvocationType: 'Event' };
  await expect(invoke({}, overAMegabyte)).rejects.toMatchObject({ code: 'RequestTooLargeException' });
  await expect(invoke({}, { FunctionName: 'nobody' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody',
  });
  await expect(invoke({}, { FunctionName: 'not a name' })).rejects.toMatchObject({ code: 'ValidationException' });
  expect((await invoke({}, { Payload: undefined })).value).toEqual({});
});

test.each(['fn', '123456789012:function:fn', 'arn:aws:lambda:us-east-1:123456789012:function:fn', 'fn:$LATEST'])(
  'is found by %s',
  async (FunctionName) => {
    await define(`exports.handler = async () => 'found'`);
    expect((await invoke({}, { FunctionName })).value).toBe('found');
  },
);

test('a warm invocation takes well under a millisecond', async () => {
  await define(`exports.handler = async (event) => event`);
  const times: number[] = [];
  for (let i = 0; i < 500; i++) {
    const began = performance.now();
    await invoke({ i });
    times.push(performance.now() - began);
  }
  expect(times.sort((a, b) => a - b)[250]).toBeLessThan(1);
});
