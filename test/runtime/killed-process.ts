import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { ACTIVITY, Calls, FUNCTION, Shell } from './shell';

/**
 * A process that is killed while it works: it starts executions and answers their tasks as fast as it can, and says on
 * stdout what was acknowledged, after it was. Argument: the data directory.
 */
export const LOAN = {
  StartAt: 'Work',
  States: {
    Work: { Type: 'Task', Resource: FUNCTION, Next: 'Inspect' },
    Inspect: { Type: 'Task', Resource: ACTIVITY, Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: 86_400, End: true },
  },
};

async function work(dir: string): Promise<void> {
  const calls = new Calls();
  const shell = new Shell({ dir, runner: calls });
  const say = (what: string, name: string) => writeSync(1, `${what} ${name}\n`);
  for (let n = 0; ; n += 1) {
    const name = `loan-${n}`;
    void shell.start(LOAN, name, { n }).then(() => say('started', name));
    // Every third call is never answered: it is under way when the process dies.
    const [call] = calls.made.splice(0, n % 3 === 0 ? 0 : 1);
    call?.succeed(call.call.parameters);
    if (n % 2 === 0) void inspect(shell, say);
    await turn();
  }
}

async function inspect(shell: Shell, say: (what: string, name: string) => void): Promise<void> {
  const offer = await shell.executions.poll({ activityArn: ACTIVITY, patience: 60_000 });
  if (!offer) return;
  const name = `loan-${(offer.input as { n: number }).n}`;
  say('taken', name);
  const verdict = await shell.executions.answer(offer.token, (task) => ({ type: 'taskSucceeded', task, output: 'ok' }));
  if (verdict === 'accepted') say('answered', name);
}

if (require.main === module) void work(process.argv[2] ?? '');
