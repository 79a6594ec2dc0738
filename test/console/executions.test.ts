import type { StepFunctions } from '../../local/assembly/step-functions';
import { ConsoleServer } from '../../local/console/server';
import { ExecutionsSource } from '../../local/console/source';
import { visitsOf } from '../../local/console/visits';
import { bootStepFunctions } from './step-functions';

const pass = (next?: string) => (next ? { Type: 'Pass', Next: next } : { Type: 'Pass', End: true });
const ERROR = '{% $error("Broken", $states.input) %}';

/** A loan of two copies: their labels are printed, one is broken, and somebody is asked. */
const definition = (activityArn: string) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Each copy',
  States: {
    'Each copy': {
      Type: 'Map',
      Items: '{% $states.input.copies %}',
      ItemProcessor: { StartAt: 'Print label', States: { 'Print label': pass() } },
      Next: 'Together',
    },
    Together: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Break', States: { Break: { Type: 'Pass', Output: ERROR, End: true } } },
        { StartAt: 'Wait long', States: { 'Wait long': { Type: 'Wait', Seconds: 90, End: true } } },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Ask' }],
      Next: 'Never',
    },
    Never: pass('Ask'),
    Ask: {
      Type: 'Task',
      Resource: activityArn,
      Arguments: { hello: '</script><script>alert(1)</script>' },
      TimeoutSeconds: 1814400,
      Next: 'Fine',
    },
    Fine: { Type: 'Succeed' },
  },
});

let sfn: StepFunctions;
let server: ConsoleServer;
let url: string;
let machine: string;
let activityArn: string;

const call = (operation: string, input: object) => sfn.parts.aws.call('sfn', operation, input, { via: 'test' });
const settle = () => sfn.parts.work.idle();
const read = async (path: string) => (await fetch(url + path)).text();
const shown = (arn: string, query = '') => read(`/execution?arn=${encodeURIComponent(arn)}${query}`);
const listed = (query = '') => read(`/executions?machine=${encodeURIComponent(machine)}${query}`);
const start = async (name: string, stateMachineArn = machine): Promise<string> => {
  const input = JSON.stringify({ copies: [1, 2, 3] });
  const { executionArn } = await call('StartExecution', { stateMachineArn, name, input });
  await settle();
  return executionArn;
};
const outcomes = (arn: string) =>
  Object.fromEntries(
    [...visitsOf(sfn.states.executions.history(arn, { limit: 10_000 }) ?? [])].map(([state, { outcome }]) => [
      state,
      outcome,
    ]),
  );
/** Answers the next task of the activity. */
async function answer(operation: 'SendTaskSuccess' | 'SendTaskFailure'): Promise<void> {
  const { taskToken } = await call('GetActivityTask', { activityArn });
  await call(operation, {
    taskToken,
    ...(operation === 'SendTaskSuccess' ? { output: '{"ok":true}' } : { error: 'Refused' }),
  });
  await settle();
}

beforeAll(async () => {
  sfn = await bootStepFunctions();
  server = new ConsoleServer({
    executions: new ExecutionsSource(sfn.parts, sfn.states),
    mails: () => [],
    commands: {},
    token: 'none',
  });
  ({ url } = await server.start());
  ({ activityArn } = await call('CreateActivity', { name: 'desk' }));
  const roleArn = 'arn:aws:iam::123456789012:role/loans';
  const created = await call('CreateStateMachine', {
    name: 'loans',
    definition: JSON.stringify(definition(activityArn)),
    roleArn,
  });
  machine = created.stateMachineArn;
});
afterAll(async () => {
  await server.stop();
  await sfn.stop();
});

test('state machines lead to their executions, executions to their pages', async () => {
  expect(await read('/')).toContain('never started');
  const arn = await start('first');
  const machines = await read('/');
  expect(machines).toContain('It is <time datetime="2026-03-02T09:00:00.000Z">2026-03-02 09:00:00 UTC</time>');
  expect(machines).toContain(`href="/executions?${new URLSearchParams({ machine }).toString()}"`);
  expect(machines).toContain('Running');
  expect(await listed()).toContain(`href="/execution?${new URLSearchParams({ arn }).toString()}"`);
  expect(await listed('&status=RUNNING')).toContain('first');
  expect(await listed('&status=FAILED')).toContain('No executions.');
  const address = `${url}/executions?${new URLSearchParams({ machine, status: 'DONE<b>' })}`;
  const unknown = await fetch(address);
  expect(unknown.status).toBe(400);
  expect(await unknown.text()).toContain(
    'There is no status &#39;DONE&#60;b&#62;&#39;, but RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED.',
  );
  await call('StopExecution', { executionArn: arn });
});

test('an execution is shown with its graph, its data and its history', async () => {
  const arn = await start('second');
  const running = await shown(arn);
  // A page that reloaded itself would close what somebody reads.
  expect(running).not.toContain('http-equiv="refresh"');
  expect(running).toContain('>Reload</a>');
  // No execution runs for more than a year.
  expect(running).toMatch(/<dt>Goes on<\/dt><dd>by .*2027-03-02 09:00:00 UTC<\/time> at the latest/);
  expect(running).toMatch(/class="box Pass marked succeeded".*\n.*Print label.*\n.*\n<text class="count"[^>]*>3×/);
  expect(running).toMatch(/class="box Task marked running"/);
  expect(running).toContain('TaskStateEntered <b>Ask</b>');

  await sfn.parts.clock.advanceTo(sfn.parts.clock.now() + 3_600_000);
  const { taskToken } = await call('GetActivityTask', { activityArn });
  // The task's time-out, three weeks on.
  expect(await shown(arn)).toContain('2026-03-23 10:00:00 UTC</time> at the latest');
  await call('SendTaskSuccess', { taskToken, output: '{"ok":true}' });
  await settle();
  const ended = await shown(arn);
  expect(ended).not.toContain('>Reload</a>');
  const picture = await fetch(`${url}/execution.svg?${new URLSearchParams({ arn })}`);
  expect(picture.headers.get('content-type')).toBe('image/svg+xml');
  expect(await picture.text()).toMatch(/^<svg .*class="box Succeed marked succeeded"/s);
  expect(ended).toContain('<dt>Took</dt><dd>1 h</dd>');
  expect(ended).toContain('&#34;ok&#34;: true');
});

test('an execution that is too long for a graph is shown without one', async () => {
  const names = Array.from({ length: 5000 }, (_, n) => `S${n}`);
  const States = { ...Object.fromEntries(names.map((name, n) => [name, pass(`S${n + 1}`)])), S5000: pass() };
  const roleArn = 'arn:aws:iam::123456789012:role/loans';
  const made = { name: 'long', definition: JSON.stringify({ StartAt: 'S0', States }), roleArn };
  const { stateMachineArn } = await call('CreateStateMachine', made);
  const arn = await start('long', stateMachineArn);
  const page = await shown(arn);
  expect(page).toContain('states beside each other are too many to draw');
  expect(page).toContain('<h2>History</h2>');
  expect((await fetch(`${url}/execution.svg?arn=${encodeURIComponent(arn)}`)).status).toBe(404);
});

test('task tokens are not shown, and no text becomes markup', async () => {
  const arn = await start('third');
  const { taskToken } = await call('GetActivityTask', { activityArn });
  await call('SendTaskSuccess', { taskToken, output: JSON.stringify({ taskToken, note: `token=${taskToken}` }) });
  await settle();
  const page = await shown(arn);
  expect(page).toContain('&#34;taskToken&#34;: &#34;(task token)&#34;');
  expect(page).toContain('token=(task token)');
  expect(page).not.toContain(taskToken.slice(0, 40));
  expect(page).not.toMatch(/<script/i);
  expect(page).toContain('&#60;/script&#62;&#60;script&#62;alert(1)');
});

test('long histories and lists come in pages', async () => {
  const arn = await start('fourth');
  const last = (sfn.states.executions.history(arn, { limit: 10_000 }) ?? []).length;
  const rest = await shown(arn, `&from=${last}`);
  expect(rest.match(/>\w+ events<\/a>/g)).toEqual(['>First events</a>', '>Earlier events</a>']);
  expect(rest.match(/<li><(b|details)>/g)).toHaveLength(1);
  for (let n = 0; n < 51; n += 1) await start(`many-${n}`);
  const newest = await listed();
  expect(newest.match(/class="status"/g)).toHaveLength(50);
  const older = /href="(\/executions[^"]*before=[^"]*)"/.exec(newest)?.[1] as string;
  expect(await read(older.replaceAll('&#38;', '&'))).toContain('many-0<');
}, 30_000);

test('colours say how it went: caught, stopped, failed, tried again', async () => {
  const arn = await start('fifth');
  const before = { 'Each copy': 'succeeded', 'Print label': 'succeeded', Together: 'caught', Break: 'failed' };
  expect(outcomes(arn)).toEqual({ ...before, Ask: 'running' });
  await call('StopExecution', { executionArn: arn });
  expect(outcomes(arn)).toMatchObject({ Ask: 'stopped' });

  const failing = await start('sixth');
  // Others of this machine wait for the same activity.
  while (outcomes(failing).Ask === 'running') await answer('SendTaskFailure');
  expect(outcomes(failing)).toMatchObject({ Ask: 'failed' });
  await call('RedriveExecution', { executionArn: failing });
  await settle();
  expect(outcomes(failing)).toMatchObject({ Ask: 'running' });
  while (outcomes(failing).Ask === 'running') await answer('SendTaskSuccess');
  expect(outcomes(failing)).toMatchObject({ Ask: 'succeeded', Fine: 'succeeded' });
});

test('a map run leads to its items, and each of them back', async () => {
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'One',
    States: { One: pass() },
  };
  const States = { Many: { Type: 'Map', Label: 'Copies', ItemsPath: '$.copies', ItemProcessor, End: true } };
  const roleArn = 'arn:aws:iam::123456789012:role/loans';
  const mapping = JSON.stringify({ StartAt: 'Many', States });
  const { stateMachineArn } = await call('CreateStateMachine', { name: 'mapping', definition: mapping, roleArn });
  const arn = await start('mapped', stateMachineArn);
  const [, run = ''] = /href="(\/executions\?run=[^"]*)">map run/.exec(await shown(arn)) ?? [];
  const items = await read(run);
  expect(items).toContain('Map run mapping/Copies:');
  expect(items.match(/class="status"/g)).toHaveLength(3);
  const [, item = ''] = /href="(\/execution\?[^"]*)"/.exec(items) ?? [];
  const page = await read(item);
  expect(page).toContain(`href="${run}"`);
  expect(page).toContain(`href="/executions?${new URLSearchParams({ machine: stateMachineArn })}">mapping</a>`);
  expect((await fetch(`${url}/executions?run=none`)).status).toBe(404);
});
