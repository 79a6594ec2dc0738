import { LogsService } from '../../../local/services/logs/service';
import { makeLambda, makeParts, START } from './local-cloud';

const parts = makeParts();
parts.aws.register(new LogsService(parts));
const { define, invoke, cleanUp } = makeLambda(parts, { awsEndpoint: () => 'http://127.0.0.1:4566' });

afterAll(async () => {
  await cleanUp();
  await parts.close();
});

/** The messages in the function's log, in order. */
async function logged(logGroupName = '/aws/lambda/fn'): Promise<string[]> {
  await parts.work.idle();
  const { events } = await parts.aws.call('cloudwatchlogs', 'FilterLogEvents', { logGroupName }, { via: 'test' });
  return events.map(({ message }: { message: string }) => message);
}

test('a function sees its own variables and those of Lambda, nothing of the host', async () => {
  process.env.SECRET_OF_THE_HOST = 'x';
  await define(`exports.handler = async () => process.env`, { environment: { TABLE: 'loans' }, memoryMb: 512 });
  const { value } = await invoke();
  expect(value).toMatchObject({
    TABLE: 'loans',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'fn',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/fn',
    AWS_ACCESS_KEY_ID: 'AKIDLOCAL',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    LAMBDA_TASK_ROOT: expect.stringContaining('code-'),
    TZ: 'UTC',
  });
  expect(value).not.toHaveProperty('SECRET_OF_THE_HOST');
  expect(value).not.toHaveProperty('HOME');
});

test('Date is virtual in every form, and moves with the clock', async () => {
  await define(`
    exports.handler = async () => {
      class Day extends Date { weekday() { return this.getUTCDay() } }
      return {
        now: Date.now(), new: new Date().getTime(), text: Date(), sub: new Day().weekday(), subNow: Day.now(),
        isDate: new Date() instanceof Date, isDay: new Day() instanceof Day && new Day() instanceof Date,
        made: new Date(2020, 1, 29).toISOString(), parsed: Date.parse('2020-01-01'), utc: Date.UTC(2020, 0),
        copy: structuredClone(new Date(5)) instanceof Date, constructor: new Date().constructor === Date,
        intl: new Intl.DateTimeFormat('en', { dateStyle: 'short' }).format(),
        names: [Date.name, Date.length],
      };
    }`);
  const atStart = (await invoke()).value;
  expect(atStart).toEqual({
    now: START,
    new: START,
    text: expect.stringMatching(/^Tue Jan 01 2030 00:00:00 GMT\+0000/),
    sub: 2,
    subNow: START,
    isDate: true,
    isDay: true,
    made: '2020-02-29T00:00:00.000Z',
    parsed: Date.UTC(2020, 0, 1),
    utc: Date.UTC(2020, 0, 1),
    copy: true,
    constructor: true,
    intl: '1/1/30',
    names: ['Date', 7],
  });
  await parts.clock.advanceBy(14 * 86_400_000);
  expect((await invoke()).value.now).toBe(START + 14 * 86_400_000);
});

test('what a function writes is in its log, between START, END and REPORT, at virtual time', async () => {
  await define(
    `console.log('loading');
    exports.handler = async (event) => {
      console.log('hello %s', 'world', { a: 1 });
      console.error('two\\nlines');
      process.stdout.write('raw ');
      process.stdout.write('line\\nunfinished');
      return 1;
    }`,
    { logGroup: '/logs/own', memoryMb: 200 },
  );
  const { output } = await invoke({}, { LogType: 'Tail' });
  const messages = await logged('/logs/own');
  const time = new Date(parts.clock.now()).toISOString();
  const id = /START RequestId: (\S+)/.exec(messages[1] as string)?.[1];
  expect(messages).toEqual([
    `${time}\tundefined\tINFO\tloading\n`,
    `START RequestId: ${id} Version: $LATEST\n`,
    `${time}\t${id}\tINFO\thello world { a: 1 }\n`,
    `${time}\t${id}\tERROR\ttwo\nlines\n`,
    'raw line\n',
    'unfinished\n',
    `END RequestId: ${id}\n`,
    expect.stringMatching(
      /^REPORT RequestId: \S+\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 200 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\n$/,
    ),
  ]);
  expect(Buffer.from(output.LogResult, 'base64').toString()).toBe(messages.slice(1).join(''));
  await invoke();
  expect((await logged('/logs/own')).at(-1)).not.toContain('Init Duration');
});

test('a failure is logged with its trace, a time-out with its limit', async () => {
  await define(`exports.handler = async ({ hang }) => { if (hang) for (;;); throw new Error('for the log') }`, {
    logGroup: '/logs/failures',
    timeoutSeconds: 0.2,
  });
  await invoke();
  await invoke({ hang: true });
  const text = (await logged('/logs/failures')).join('');
  expect(text).toMatch(
    /ERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"for the log","stack":\["Error: for the log"/,
  );
  expect(text).toMatch(/Task timed out after 0\.20 seconds\nEND RequestId/);
  expect(text).toMatch(/REPORT RequestId: .*\tStatus: timeout\n/);
});

test.each<[string, (logGroupName: string, logStreamName: string) => [string, object]]>([
  ['stream', (logGroupName, logStreamName) => ['DeleteLogStream', { logGroupName, logStreamName }]],
  ['group', (logGroupName) => ['DeleteLogGroup', { logGroupName }]],
])(
  'a log %s that somebody deletes is there again after the next invocation of the environment',
  async (kind, deletion) => {
    const logGroup = `/logs/deleted-${kind}`;
    await define(`exports.handler = async ({ say }, { logStreamName }) => { console.log(say); return logStreamName }`, {
      logGroup,
    });
    const stream = (await invoke({ say: 'before' })).value;
    await parts.work.idle();
    const [operation, input] = deletion(logGroup, stream);
    await parts.aws.call('cloudwatchlogs', operation, input, { via: 'test' });
    for (const say of ['after', 'and on']) expect((await invoke({ say })).value).toBe(stream);
    const said = (await logged(logGroup)).filter((message) => message.includes('INFO'));
    expect(said.map((message) => message.split('\t').at(-1))).toEqual(['after\n', 'and on\n']);
  },
);

test('each invocation of a warm function has the whole of its time', async () => {
  await define(`exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1100, 'in time'))`, {
    timeoutSeconds: 2,
  });
  expect((await invoke()).value).toBe('in time');
  expect((await invoke()).value).toBe('in time');
});

test('a very long line is kept whole, as several events', async () => {
  await define(`exports.handler = async () => { process.stdout.write('x'.repeat(600_000)) }`, {
    logGroup: '/logs/long',
  });
  await invoke();
  const lines = (await logged('/logs/long')).filter((message) => message.startsWith('x'));
  expect(lines.join('')).toBe(`${'x'.repeat(600_000)}\n`);
});

test('NODE_OPTIONS of the function apply, and such as no worker can take fail the function only', async () => {
  await define(`exports.handler = async () => process.env.NODE_OPTIONS`, {
    environment: { NODE_OPTIONS: '--enable-source-maps' },
  });
  expect((await invoke()).value).toBe('--enable-source-maps');
  await define(`exports.handler = async () => 1`, { environment: { NODE_OPTIONS: '--no-such-option' } });
  expect((await invoke()).value).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('--no-such-option'),
  });
});
