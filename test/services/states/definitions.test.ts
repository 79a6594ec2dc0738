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

  it('warns of integrations that AWS runs, and the local cloud does not', async () => {
    const task = (Resource: string, Parameters: object) => ({ Type: 'Task', Resource, Parameters, End: true });
    const Branches = [
      task('arn:aws:states:::aws-sdk:rekognition:detectLabels', { Image: {} }),
      task('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'q', MessageBody: 'm' }),
      task('arn:aws:states:::aws-sdk:sfn:startExecution', { StateMachineArn: 'a' }),
    ].map((state, i) => ({ StartAt: `T${i}`, States: { [`T${i}`]: state } }));
    const definition = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Parallel', Branches, End: true } } });
    const warnings = async () => (await validate({ definition, severity: 'WARNING' })).diagnostics;
    const notRun = (i: number, arn: string) => ({
      severity: 'WARNING',
      code: 'NOT_RUN_HERE',
      message: `The local cloud does not run ${arn}.`,
      location: `/States/P/Branches[${i}]/States/T${i}/Resource`,
    });
    const [images, queues] = [
      notRun(0, 'arn:aws:states:::aws-sdk:rekognition:detectLabels'),
      notRun(1, 'arn:aws:states:::sqs:sendMessage'),
    ];
    expect(await warnings()).toEqual([images, queues]);
    cloud.play('sqs', () => ({}));
    expect(await warnings()).toEqual([images]);
    expect(await validate({ definition })).toMatchObject({ result: 'OK', diagnostics: [] });
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

test('whoever listens hears of warnings when a state machine is created and changed', async () => {
  const heard: unknown[] = [];
  const listening = new LocalCloud({
    states: { onWarnings: (arn, warnings) => heard.push([arn.split(':').at(-1), warnings.map(({ code }) => code)]) },
  });
  const reading = (path: string) =>
    JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', InputPath: path, End: true } } });
  const stateMachineArn = await listening.create(JSON.parse(reading('$v')), 'reader');
  await listening.call('UpdateStateMachine', { stateMachineArn, definition: reading('$.v') });
  await listening.call('UpdateStateMachine', { stateMachineArn, definition: reading('$w') });
  expect(heard).toEqual([
    ['reader', ['UNASSIGNED_VARIABLE']],
    ['reader', ['UNASSIGNED_VARIABLE']],
  ]);
  await listening.close();
});
