import { LocalCloud } from './local-cloud';

let cloud: LocalCloud;
beforeAll(() => {
  cloud = new LocalCloud();
});
afterAll(() => cloud.close());

/** Two errors: a resource that is no ARN, and seconds that are no number. */
const definition = JSON.stringify({
  StartAt: 'A',
  States: {
    A: { Type: 'Task', Resource: 'work', Next: 'B' },
    B: { Type: 'Wait', Seconds: 'long', End: true },
  },
});

const validate = (more: object = {}) => cloud.call('ValidateStateMachineDefinition', { definition, ...more });

describe('ValidateStateMachineDefinition', () => {
  it('tells all errors, each with code, text and place', async () => {
    const { result, diagnostics, truncated } = await validate();
    expect([result, truncated]).toEqual(['FAIL', false]);
    expect(diagnostics.map(({ location }: { location: string }) => location)).toEqual([
      '/States/A/Resource',
      '/States/B/Seconds',
    ]);
    expect(Object.keys(diagnostics[0])).toEqual(['severity', 'code', 'message', 'location']);
  });

  it('tells as many as are wanted, and whether there are more', async () => {
    const first = await validate({ maxResults: 1 });
    expect([first.diagnostics.length, first.truncated]).toEqual([1, true]);
    const all = await validate({ maxResults: 2 });
    expect([all.diagnostics.length, all.truncated]).toEqual([2, false]);
    expect((await validate({ maxResults: 0 })).diagnostics).toHaveLength(2);
  });

  it('tells warnings only when asked, and they fail nothing', async () => {
    const doubled = '{"StartAt":"A","States":{"A":{"Type":"Succeed","Comment":"a","Comment":"b"}}}';
    expect(await validate({ definition: doubled })).toEqual({ result: 'OK', diagnostics: [], truncated: false });
    const { result, diagnostics } = await validate({ definition: doubled, severity: 'WARNING' });
    expect([result, diagnostics.length, diagnostics[0].severity]).toEqual(['OK', 1, 'WARNING']);
  });

  it('counts only what it tells', async () => {
    const doubled =
      '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"work","Comment":"a","Comment":"b","End":true}}}';
    expect(await validate({ definition: doubled, maxResults: 1 })).toMatchObject({ truncated: false });
    expect(await validate({ definition: doubled, maxResults: 1, severity: 'WARNING' })).toMatchObject({
      truncated: true,
    });
  });

  it('knows what only a type of state machine may have', async () => {
    const activity = 'arn:aws:states:us-east-1:123456789012:activity:desk';
    const waiting = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', Resource: activity, End: true } } });
    expect(await validate({ definition: waiting })).toMatchObject({ result: 'OK' });
    expect(await validate({ definition: waiting, type: 'EXPRESS' })).toMatchObject({ result: 'FAIL' });
  });

  it.each([
    ['maxResults', 101],
    ['maxResults', -1],
    ['severity', 'INFO'],
    ['type', 'FAST'],
    ['definition', ''],
  ])('refuses %s %j', async (member, value) => {
    const error = await cloud.error('ValidateStateMachineDefinition', { definition, [member]: value });
    expect(error.code).toBe('ValidationException');
    expect(error.message).toContain(`at '${member}' failed to satisfy constraint`);
  });
});
