import { detailsKey } from '../../local/engine/step';
import { CALLBACK, FUNCTION, Hand, machine } from './hand';

const wait = (name: string, Seconds: number) => ({
  StartAt: name,
  States: { [name]: { Type: 'Wait', Seconds, End: true } },
});

async function exits(hand: Hand): Promise<unknown[]> {
  return hand.events.filter(({ type }) => type === 'WaitStateExited').map(({ details }) => details?.name);
}

it('a jump over several deadlines fires them in order of time, then of beginning', async () => {
  const Branches = [wait('Late', 9), wait('First', 3), wait('Second', 3)];
  const hand = new Hand(machine({ P: { Type: 'Parallel', Branches, End: true } }));
  await hand.start();
  expect(hand.dueIn).toBe(3);
  await hand.pass(10);
  expect(await exits(hand)).toEqual(['First', 'Second', 'Late']);
  expect(hand.execution.status).toBe('SUCCEEDED');
});

it('the execution’s own timeout ends it before what is due later', async () => {
  const hand = new Hand(machine({ W: { Type: 'Wait', Seconds: 20, End: true } }, { TimeoutSeconds: 15 }));
  await hand.start();
  await hand.pass(25);
  expect(hand.types.slice(1)).toEqual(['WaitStateEntered', 'ExecutionTimedOut']);
});

it('a timeout that frees the way lets the next wait begin at the time of the step', async () => {
  const hand = new Hand(
    machine({
      T: {
        Type: 'Task',
        Resource: CALLBACK,
        Parameters: { QueueUrl: 'q', MessageBody: 'm' },
        TimeoutSeconds: 5,
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'W' }],
        End: true,
      },
      W: { Type: 'Wait', Seconds: 5, End: true },
    }),
  );
  await hand.start();
  await hand.pass(60);
  expect(hand.dueIn).toBe(5);
  expect(hand.events.at(-1)).toMatchObject({ type: 'WaitStateEntered', timestamp: hand.now });
});

it('a retry without delay waits for the next step, however many there are', async () => {
  const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 5000, JitterStrategy: 'FULL' }];
  const hand = new Hand(
    machine({
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } }],
        Retry,
        End: true,
      },
    }),
    {},
    { random: () => 0 },
  );
  await hand.start();
  expect(hand.dueIn).toBe(0);
  await hand.pass(0);
  expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'E' });
  expect(hand.types.filter((type) => type === 'FailStateEntered')).toHaveLength(5001);
});

it.each([
  ['TaskStateEntered', 'stateEnteredEventDetails'],
  ['MapStateExited', 'stateExitedEventDetails'],
  ['LambdaFunctionScheduled', 'lambdaFunctionScheduledEventDetails'],
  ['MapIterationStarted', 'mapIterationStartedEventDetails'],
  ['ExecutionFailed', 'executionFailedEventDetails'],
])('the details of %s stand under %s', (type, key) => {
  expect(detailsKey(type)).toBe(key);
});

it('a scale of waiting shortens waits and retries, not timeouts', async () => {
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 40, MaxAttempts: 1 }];
  const hand = new Hand(
    machine({
      W: { Type: 'Wait', Seconds: 60, Next: 'T' },
      T: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 30, Retry, End: true },
    }),
    {},
    { waitScale: 0.1 },
  );
  await hand.start();
  expect(hand.dueIn).toBe(6);
  await hand.pass(6);
  expect(hand.dueIn).toBe(30);
  expect(hand.effects).toMatchObject([{ call: { attempt: 0 } }]);
  await hand.send({ type: 'taskFailed', task: hand.task, error: 'Busy' });
  expect(hand.dueIn).toBe(4);
  await hand.pass(4);
  expect(hand.effects).toMatchObject([{ call: { attempt: 1 } }]);
});

it('a scale of zero waits for nothing', async () => {
  const hand = new Hand(machine({ W: { Type: 'Wait', Seconds: 60, End: true } }), {}, { waitScale: 0 });
  await hand.start();
  expect(hand.execution.status).toBe('SUCCEEDED');
});
