import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTIVITY, Calls, MACHINE, Shell, settle } from './shell';

const DAY = 86_400_000;
/** Real ms: the child has to load its TypeScript first. */
const PATIENCE = 60_000;

/** Runs the process until it has acknowledged so much, kills it, and answers what it had acknowledged. */
async function runAndKill(dir: string, acknowledgements: number): Promise<Record<string, string[]>> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'killed-process.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > acknowledgements) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const acknowledged: Record<string, string[]> = { started: [], taken: [], answered: [] };
  for (const line of said.split('\n').slice(0, -1)) {
    const [what = '', name = ''] = line.split(' ');
    acknowledged[what]?.push(name);
  }
  return acknowledged;
}

describe('a process that is killed', () => {
  it.each([150, 400])(
    'loses nothing that it acknowledged and leaves nothing stuck (after %i answers)',
    async (much) => {
      const dir = mkdtempSync(join(tmpdir(), 'stepwright-kill-'));
      const { started = [], taken = [], answered = [] } = await runAndKill(dir, much);
      expect(started.length + taken.length + answered.length).toBeGreaterThanOrEqual(much);
      expect(answered.length).toBeGreaterThan(5);

      const calls = new Calls();
      const shell = new Shell({ dir, runner: calls });
      for (const name of started) expect(shell.history(name).length).toBeGreaterThanOrEqual(2);
      for (const name of taken) expect(shell.types(name)).toContain('ActivityStarted');
      for (const name of answered) expect(shell.types(name)).toContain('ActivitySucceeded');

      // What was under way goes on, to the end; a worker that died has its task until a timeout, which LOAN has not.
      const names = shell.executions.list({ machine: MACHINE, limit: 10_000 }).map(({ name }) => name);
      expect(names.length).toBeGreaterThanOrEqual(started.length);
      shell.executions.recover();
      await settle();
      for (const { call, succeed } of calls.made.splice(0)) succeed(call.parameters);
      await settle();
      for (;;) {
        const offer = await shell.executions.poll({ activityArn: ACTIVITY, patience: 50 });
        if (!offer) break;
        await shell.executions.answer(offer.token, (task) => ({ type: 'taskSucceeded', task, output: 'ok' }));
      }
      await shell.clock.advanceBy(DAY);
      for (const name of names) {
        const history = shell.history(name);
        const types = history.map(({ type }) => type);
        expect(history.map(({ id }) => id)).toEqual(types.map((_, index) => index + 1));
        expect(WHOLE.slice(0, types.length)).toEqual(types);
        expect([WHOLE.length, TAKEN]).toContain(types.length);
      }
      await shell.close();
      rmSync(dir, { recursive: true, force: true });
    },
    PATIENCE,
  );
});

/** The history of a `LOAN`, nothing twice. */
const WHOLE = [
  'ExecutionStarted',
  'TaskStateEntered',
  'LambdaFunctionScheduled',
  'LambdaFunctionStarted',
  'LambdaFunctionSucceeded',
  'TaskStateExited',
  'TaskStateEntered',
  'ActivityScheduled',
  'ActivityStarted',
  'ActivitySucceeded',
  'TaskStateExited',
  'WaitStateEntered',
  'WaitStateExited',
  'ExecutionSucceeded',
];
const TAKEN = WHOLE.indexOf('ActivityStarted') + 1;
