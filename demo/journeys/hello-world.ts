import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Stage } from '../stage';

/** Both retriers at work, and a failure that reaches operations. */
export async function playHelloWorld(stage: Stage): Promise<void> {
  stage.timeline.heading('Hello world: two retry strategies and an alert');
  const start = stage.now;

  await greet(stage, 'transient', { name: 'Ada', fail: { error: 'TransientError', times: 2 } });
  await stage.until(start + 60_000);
  check(stage, 'transient', 'SUCCEEDED', [1, 2]);

  await greet(stage, 'throttled', { name: 'Grace', fail: { error: 'ThrottlingError', times: 5 } });
  await stage.until(start + 600_000);
  check(stage, 'throttled', 'SUCCEEDED', [5, 10, 20, 40, 80]);

  await greet(stage, 'broken', { name: 'Charles', fail: { error: 'BrokenError', times: 1 } });
  await stage.until(start + 900_000);
  check(stage, 'broken', 'FAILED', []);
  const alert = stage.mailTo('operations@example.com', 'Hello world could not greet');
  stage.checks.holds('the alert names the error', alert.text.includes('BrokenError'), alert.text);
}

async function greet(stage: Stage, name: string, input: object): Promise<void> {
  stage.say('hello-world-retries', `Hello world is started with ${JSON.stringify(input)}`);
  const stateMachineArn = stage.machines['hello-world-retries'];
  await stage.sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  await stage.settle();
}

/** How the execution ended, and the seconds that passed before each retry. */
function check(stage: Stage, name: string, status: string, intervals: readonly number[]): void {
  const events = stage.followers['hello-world-retries'].history(name);
  const failures = events.filter(({ type }) => type === 'TaskFailed');
  const retries = failures.slice(0, intervals.length).map((failure) => {
    const next = events.find(({ previousEventId, type }) => type === 'TaskScheduled' && previousEventId === failure.id);
    return ((next?.timestamp?.getTime() ?? 0) - (failure.timestamp?.getTime() ?? 0)) / 1000;
  });
  stage.checks.equal(`the retries of '${name}' waited (seconds)`, retries, intervals);
  const end = events.at(-1)?.type?.replace('Execution', '').toUpperCase();
  stage.checks.equal(`'${name}' ended`, end, status);
}
