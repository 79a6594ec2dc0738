import fc from 'fast-check';
import type { Json } from '../../local/asl/json';
import { buildRooms } from '../../local/assembly/rooms';
import { REQUESTS, type Shape } from '../../local/services/states/model';
import { WireServer } from '../../local/services/wire/server';
import { testParts } from '../services/wire/parts';
import { LONG, runs } from './effort';
import { watchEventLoop } from './event-loop';
import { mutated, oddJson, oddJsonText, oddText } from './oddities';
import { JSON_SAMPLES, QUERY_SAMPLES, REST_SAMPLES } from './requests';
import { type Answered, type Sent, send } from './wire-client';

/** Whatever is sent to any service: a result, or an error with a name, below 500; and the server goes on. */
watchEventLoop();

const parts = testParts();
const server = new WireServer(parts);
let url = '';
let stateMachineArn = '';
let stderr: jest.SpyInstance;

beforeAll(async () => {
  stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const rooms = buildRooms(parts, { awsEndpoint: () => url });
  ({ url } = await server.start());
  for (const room of rooms.all) await room.start?.();
  stop = async () => {
    for (const room of rooms.all) await room.stop?.();
  };
  const definition = '{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":9,"End":true}}}';
  const machine = { definition, roleArn: 'arn:aws:iam::123456789012:role/r' };
  const create = (name: string) => parts.aws.call('sfn', 'CreateStateMachine', { name, ...machine }, { via: 'test' });
  // One that fuzzing knows, and may delete, and one that is always there.
  const known = await create('machine');
  await parts.aws.call(
    'sfn',
    'StartExecution',
    { stateMachineArn: known.stateMachineArn, name: 'run' },
    { via: 'test' },
  );
  ({ stateMachineArn } = await create('probe'));
});
let stop: () => Promise<void>;
afterAll(async () => {
  await server.stop();
  await stop();
  parts.clock.close();
  await parts.store.close();
  stderr.mockRestore();
});

async function check(sent: Sent): Promise<void> {
  stderr.mockClear();
  const waits = /\.(?:StartSyncExecution|TestState|ReceiveMessage)$/.test(sent.headers?.['x-amz-target'] ?? '');
  const asked = send(url, waits ? { ...sent, patience: 1_000 } : sent);
  const [answer, alive] = await Promise.all([asked, describe(stateMachineArn)]);
  expect(alive).toMatchObject({ status: 200 });
  if (answer) expectSound(answer);
}

function expectSound({ status, headers, body }: Answered): void {
  const printed = stderr.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('unexpected error'));
  expect(printed).toEqual([]);
  expect([status, body]).toEqual([expect.any(Number), expect.not.stringMatching(/InternalFailure/)]);
  // What the local cloud does not run, it says so.
  if (status !== 501) expect(status).toBeLessThan(500);
  if (status < 400 || body === '') return;
  const name = headers['x-amzn-errortype'] ?? /<Code>([^<]+)<\/Code>/.exec(body)?.[1];
  expect(name).toMatch(/^[A-Za-z.]+$/);
}

function describe(arn: string): Promise<Answered | undefined> {
  return send(
    url,
    json('states', 'AWSStepFunctions.DescribeStateMachine', '1.0', JSON.stringify({ stateMachineArn: arn })),
  );
}

function json(service: string, target: string, version: string, body: Sent['body']): Sent {
  return { service, headers: { 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` }, body };
}

/** A value that mostly fits the member. */
function member(name: string, shape: Shape): fc.Arbitrary<Json> {
  const fitting = ((): fc.Arbitrary<Json> => {
    switch (shape.type) {
      case 'text':
        if (/^definition$|^input$|^output$|^variables$|^context$|^result$/.test(name)) return oddJsonText;
        return shape.oneOf ? fc.constantFrom(...shape.oneOf) : oddText;
      case 'integer':
      case 'float':
        return fc.integer({ min: -1, max: 1001 });
      case 'boolean':
        return fc.boolean();
      case 'list':
        return fc.array(member(name, shape.of), { maxLength: 3 });
      case 'structure':
        return request(shape.members, shape.required);
    }
  })();
  return fc.oneof({ weight: 8, arbitrary: fitting }, { weight: 1, arbitrary: oddJson });
}

function request(members: Readonly<Record<string, Shape>>, required: readonly string[]): fc.Arbitrary<Json> {
  const all = Object.entries(members).map(([name, shape]) => [name, member(name, shape)] as const);
  return fc.record(Object.fromEntries(all), {
    requiredKeys: [...required],
    noNullPrototype: true,
  }) as fc.Arbitrary<Json>;
}

// A poll waits for a minute.
const operations = Object.entries(REQUESTS).filter(([name]) => name !== 'GetActivityTask');

it('knows all operations of the model', () => {
  expect(Object.keys(REQUESTS)).toHaveLength(37);
});

const statesCall = fc
  .constantFrom(...operations)
  .chain(([name, { members, required }]) =>
    request(members, required).map((input) => json('states', `AWSStepFunctions.${name}`, '1.0', JSON.stringify(input))),
  );

it(
  'any input of any operation of Step Functions',
  () => fc.assert(fc.asyncProperty(statesCall, check), runs(250)),
  LONG,
);

const jsonCall = fc
  .constantFrom(...JSON_SAMPLES)
  .chain(({ service, version, target, input }) =>
    mutated(fc.constant(input)).map((value) => json(service, target, version, JSON.stringify(value))),
  );

it(
  'requests of JSON services with parts exchanged',
  () => fc.assert(fc.asyncProperty(jsonCall, check), runs(200)),
  LONG,
);

const queryCall = fc.constantFrom(...QUERY_SAMPLES).chain(({ service, form }) =>
  mutated(fc.constant(form)).map((value): Sent => {
    const entries = Object.entries((value ?? {}) as object).map(([key, field]): [string, string] => [
      key,
      typeof field === 'string' ? field : JSON.stringify(field),
    ]);
    const body = new URLSearchParams(entries).toString();
    return { service, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
  }),
);

it(
  'requests of Query services with parts exchanged',
  () => fc.assert(fc.asyncProperty(queryCall, check), runs(100)),
  LONG,
);

const restCall = fc.constantFrom(...REST_SAMPLES).chain(({ service, method, path, input }) =>
  fc
    .tuple(
      mutated(fc.constant(input)),
      fc.constantFrom(
        '',
        '',
        '/',
        '/x',
        '?a=b&c',
        '?max-keys=-1',
        '?uploads',
        '?partNumber=x&uploadId=y',
        '?list-type=2&continuation-token=%25',
      ),
    )
    .map(([value, tail]): Sent => {
      const body = typeof input === 'string' ? input + (tail ? JSON.stringify(value) : '') : JSON.stringify(value);
      return { service, method, path: path + tail, headers: { 'content-type': 'application/json' }, body };
    }),
);

it(
  'requests of REST services with parts exchanged',
  () => fc.assert(fc.asyncProperty(restCall, check), runs(200)),
  LONG,
);

const rawBody = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  oddJsonText,
  fc.constantFrom(
    '[]',
    'null',
    '1',
    '"a"',
    '{"a":',
    `{"a":"${'x'.repeat(300_000)}"}`,
    `{"input":"${'\\ud800'.repeat(100)}"}`,
    '\ufeff{"stateMachineArn":"x"}',
  ),
  fc.constantFrom(Buffer.from('{"a":"\xff\xfe"}', 'latin1'), Buffer.from([0x7b, 0x22, 0xc3, 0x28])),
);
const targets = fc.oneof(
  fc.constantFrom(
    ...JSON_SAMPLES.map(({ target }) => target),
    'AWSStepFunctions.CreateStateMachine',
    'AWSStepFunctions.StartExecution',
  ),
  fc.constantFrom(
    '',
    '.',
    'AWSStepFunctions',
    'AWSStepFunctions.',
    'AWSStepFunctions.constructor',
    'AWSStepFunctions.__proto__',
    'x'.repeat(9000),
  ),
);
const rawCall = fc.record<Sent>({
  service: fc.constantFrom(
    'states',
    'dynamodb',
    'sqs',
    'sns',
    'events',
    's3',
    'lambda',
    'ses',
    'scheduler',
    'monitoring',
    'logs',
    'secretsmanager',
    'constructor',
  ),
  method: fc.constantFrom('POST', 'POST', 'GET', 'PUT', 'DELETE', 'HEAD', 'PATCH'),
  path: fc.constantFrom('/', '/x', '/%zz', '/?a', '//x', '/..', '/%00', '/2015-03-31/functions/x/invocations'),
  headers: fc
    .record(
      {
        'x-amz-target': targets,
        'content-type': fc.constantFrom(
          'application/x-amz-json-1.0',
          'text/plain',
          'application/x-www-form-urlencoded',
          '',
          'multipart/form-data',
        ),
        'content-encoding': fc.constantFrom('gzip', 'identity', 'aws-chunked', 'nonsense'),
        'x-amz-decoded-content-length': fc.constantFrom('-1', 'x', '5'),
        'content-md5': fc.constantFrom('', 'x'),
        range: fc.constantFrom('bytes=9-1', 'x'),
        'x-odd': fc.constantFrom('x'.repeat(4000), ',,,'),
      },
      { requiredKeys: ['x-amz-target'] },
    )
    .map((headers) => headers as Record<string, string>),
  body: rawBody,
});

it('requests of no form at all', () => fc.assert(fc.asyncProperty(rawCall, check), runs(250)), LONG);

it(
  'bodies in pieces, and bodies that break off',
  () =>
    fc.assert(
      fc.asyncProperty(statesCall, fc.integer({ min: 7, max: 5000 }), fc.boolean(), async (sent, size, cut) => {
        if (!cut) return check({ ...sent, chunk: size });
        await check({ ...sent, cutAt: size });
      }),
      runs(60),
    ),
  LONG,
);
