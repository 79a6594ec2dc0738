import { handler } from '../../../lambda/hello-world-retries/greet.lambda';

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

test('greets', async () => {
  expect(await handler({ name: 'Ada', fail: null, attempt: 0 })).toEqual({ greeting: 'Hello, Ada!', attempts: 1 });
});

test.each(['TransientError', 'ThrottlingError', 'BrokenError'])(
  'raises %s as often as asked, then greets',
  async (error) => {
    const input = (attempt: number) => ({ name: 'Ada', fail: { error, times: 2 }, attempt });
    await expect(handler(input(0))).rejects.toMatchObject({ name: error });
    await expect(handler(input(1))).rejects.toMatchObject({ name: error });
    expect(await handler(input(2))).toEqual({ greeting: 'Hello, Ada!', attempts: 3 });
  },
);

test.each([
  ['nothing', undefined],
  ['no name', {}],
  ['an empty name', { name: '' }],
  ['an unknown error', { name: 'Ada', fail: { error: 'Meltdown', times: 1 } }],
  ['failing forever', { name: 'Ada', fail: { error: 'BrokenError', times: 1e9 } }],
])('refuses %s', async (_, input) => {
  await expect(handler(input)).rejects.toMatchObject({ name: 'InvalidInput' });
});
