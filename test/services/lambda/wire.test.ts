import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListCodeSigningConfigsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { WireServer } from '../../../local/services/wire/server';
import { makeLambda, makeParts } from './local-cloud';

const parts = makeParts();
const wire = new WireServer(parts);
let endpoint = '';
const { define, invoke, cleanUp } = makeLambda(parts, { awsEndpoint: () => endpoint });
let client: LambdaClient;

beforeAll(async () => {
  endpoint = (await wire.start()).url;
  const { region, accessKeyId, secretAccessKey } = parts.identity;
  client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await wire.stop();
  await cleanUp();
  await parts.close();
});

const json = (payload: Uint8Array | undefined) => JSON.parse(Buffer.from(payload ?? []).toString());

test('the SDK invokes a function, sees its error and its log', async () => {
  await define(`exports.handler = async (event, { clientContext }) => {
    if (event.fail) throw new TypeError('on the wire');
    return { event, clientContext };
  }`);
  const ClientContext = Buffer.from('{"custom":{"a":"1"}}').toString('base64');
  const good = await client.send(
    new InvokeCommand({ FunctionName: 'fn', Payload: Buffer.from('{"x":"ü"}'), LogType: 'Tail', ClientContext }),
  );
  expect(good).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(good.FunctionError).toBeUndefined();
  expect(json(good.Payload)).toEqual({ event: { x: 'ü' }, clientContext: { custom: { a: '1' } } });
  expect(Buffer.from(good.LogResult ?? '', 'base64').toString()).toMatch(/^START RequestId: [\s\S]*REPORT RequestId: /);

  const bad = await client.send(new InvokeCommand({ FunctionName: 'fn', Payload: Buffer.from('{"fail":true}') }));
  expect(bad.FunctionError).toBe('Unhandled');
  expect(json(bad.Payload)).toMatchObject({ errorType: 'TypeError', errorMessage: 'on the wire' });

  const accepted = await client.send(new InvokeCommand({ FunctionName: 'fn', InvocationType: 'Event' }));
  expect(accepted.StatusCode).toBe(202);
  const dry = await client.send(new InvokeCommand({ FunctionName: 'fn', InvocationType: 'DryRun' }));
  expect(dry.StatusCode).toBe(204);
});

test('the SDK lists and describes functions, and gets AWS’s errors', async () => {
  await define(`exports.handler = async () => 1`, { name: 'another', reservedConcurrency: 3 });
  const { Functions } = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
  expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['another']);
  const { Configuration, Concurrency } = await client.send(new GetFunctionCommand({ FunctionName: 'another' }));
  expect(Configuration).toMatchObject({
    Handler: 'index.handler',
    Runtime: 'nodejs22.x',
    Timeout: 10,
    State: 'Active',
  });
  expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 3 });
  const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'another' }));
  expect(configuration.FunctionArn).toBe('arn:aws:lambda:us-east-1:123456789012:function:another');
  await expect(client.send(new InvokeCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(client.send(new ListCodeSigningConfigsCommand({}))).rejects.toMatchObject({
    message: expect.stringContaining('does not run GET'),
  });
});

test('a function bundled with an SDK client reaches the local cloud through AWS_ENDPOINT_URL', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
        const client = new LambdaClient({});
        export const handler = async ({ name }) => {
          const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'callee', Payload: JSON.stringify({ name }) }));
          return JSON.parse(Buffer.from(Payload).toString());
        };`,
      resolveDir: __dirname,
      loader: 'ts',
    },
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
  });
  await define(`exports.handler = async ({ name }) => 'hello ' + name`, { name: 'callee' });
  await define(outputFiles[0]?.text ?? '', { name: 'caller' });
  expect((await invoke({ name: 'world' }, { FunctionName: 'caller' })).value).toBe('hello world');
});
