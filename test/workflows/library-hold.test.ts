import { fails, inTurn, type Mock, stateMachine, times } from '../../local/testing';

const lapsesAt = '2026-03-10T09:00:00Z';
const hold = { version: 2, itemId: 'item-1', holdId: 'hold-1' };
const done = { Payload: {} };
const ended = (hasLapsed: boolean, nextHoldId: string | null) => ({ Payload: { version: 2, hasLapsed, nextHoldId } });

const pickUp = stateMachine('statemachines/library-hold.asl.json', {
  substitutions: {
    OfferItemFunctionArn: 'offer-item',
    AwaitPickUpFunctionArn: 'await-pick-up',
    EndPickUpFunctionArn: 'end-pick-up',
    SendHoldMailFunctionArn: 'send-hold-mail',
  },
  tasks: {
    OfferItem: { Payload: { version: 2, pickUpBy: '2026-03-09', lapsesAt } },
    TellReaderItemIsThere: done,
    EndPickUp: ended(false, null),
    OfferItemToNextReader: { ExecutionArn: 'arn' },
    TellReaderHoldHasLapsed: done,
  },
});

const begin = (tasks: Record<string, Mock> = {}) => pickUp.start({ input: hold, name: 'hold-1', tasks });
const mail = (kind: string) => ({ FunctionName: 'send-hold-mail', Payload: { ...hold, mail: kind } });

describe('an item that came back', () => {
  test('is offered, the reader is told, and it waits until its day', async () => {
    const execution = await begin();

    expect(execution.path).toEqual(['OfferItem', 'TellReaderItemIsThere', 'WaitForPickUp']);
    expect(execution.calls('OfferItem')).toEqual([{ FunctionName: 'offer-item', Payload: hold }]);
    expect(execution.calls('TellReaderItemIsThere')).toEqual([mail('holdReady')]);
    await execution.advanceTo('2026-03-10T08:59:59Z');
    expect(execution.path.at(-1)).toBe('WaitForPickUp');
  });

  test('and is picked up: nothing is left to do', async () => {
    const execution = await begin();
    expect(execution.calls('WaitForPickUp')).toMatchObject([
      { FunctionName: 'await-pick-up', Payload: { ...hold, taskToken: expect.any(String) } },
    ]);
    await execution.task('WaitForPickUp').succeed({});

    expect(execution.path.slice(3)).toEqual(['HoldIsOver']);
    expect(execution.output).toEqual({ outcome: 'over', holdId: 'hold-1' });
  });

  test('and is picked up, but nobody says so: it ends on its day', async () => {
    const execution = await begin();
    await execution.advanceTo(lapsesAt);

    expect(execution.path.slice(3)).toEqual(['EndPickUp', 'DoesSomebodyElseWait', 'WasItemPickedUp', 'HoldIsOver']);
    expect(execution.calls('EndPickUp')).toEqual([{ FunctionName: 'end-pick-up', Payload: hold }]);
    expect(execution.output).toEqual({ outcome: 'over', holdId: 'hold-1' });
  });

  test('and is not picked up: the reader is told that the time is over', async () => {
    const execution = await begin({ EndPickUp: ended(true, null) });
    await execution.advanceTo(lapsesAt);

    expect(execution.calls('TellReaderHoldHasLapsed')).toEqual([mail('holdLapsed')]);
    expect(execution.output).toEqual({ outcome: 'lapsed', holdId: 'hold-1' });
  });

  test('and is not picked up: it is the next reader’s turn', async () => {
    const execution = await begin({ EndPickUp: ended(true, 'hold-2') });
    await execution.advanceTo(lapsesAt);

    expect(execution.path.slice(-5)).toEqual([
      'DoesSomebodyElseWait',
      'OfferItemToNextReader',
      'WasItemPickedUp',
      'TellReaderHoldHasLapsed',
      'HoldHasLapsed',
    ]);
    expect(execution.calls('OfferItemToNextReader')).toEqual([
      {
        StateMachineArn: expect.stringContaining(':stateMachine:'),
        Name: 'hold-2',
        Input: { ...hold, holdId: 'hold-2' },
      },
    ]);
  });

  test('is not offered to the next reader twice', async () => {
    const again = fails('StepFunctions.ExecutionAlreadyExistsException');
    const execution = await begin({ EndPickUp: ended(true, 'hold-2'), OfferItemToNextReader: again });
    await execution.finish();

    expect(execution.retryDelays('OfferItemToNextReader')).toEqual([2, 4, 8, 16, 32, 60]);
    expect(execution.path.at(-1)).toBe('HoldHasLapsed');
  });

  test.each(['OfferItem', 'TellReaderItemIsThere', 'WaitForPickUp'])(
    'was lent, or given up, before %s',
    async (state) => {
      const execution = await begin({ [state]: fails('HoldIsOver') });

      expect(execution.path.slice(-2)).toEqual([state, 'HoldIsOver']);
      expect(execution.status).toBe('SUCCEEDED');
    },
  );
});

describe('trouble', () => {
  const lapsed = { EndPickUp: ended(true, null) };
  const mails = [
    ['TellReaderItemIsThere', 'WaitForPickUp'],
    ['TellReaderHoldHasLapsed', 'HoldHasLapsed'],
  ] as const;
  const delays = [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * 60);

  test.each(mails)('%s: an address that refuses mail does not stop the queue', async (state, next) => {
    const execution = await begin({ ...lapsed, [state]: fails('MailRefused') });
    await execution.advanceTo(lapsesAt);
    expect(execution.path[execution.path.indexOf(state) + 1]).toBe(next);
  });

  test.each(mails)('%s: a post office closed for hours does not stop the queue', async (state, next) => {
    const execution = await begin({ ...lapsed, [state]: fails('MailUnavailable') });
    await execution.finish();
    expect(execution.retryDelays(state)).toEqual(delays);
    expect(execution.path[execution.path.indexOf(state) + 1]).toBe(next);
  });

  test.each(mails)('%s: at night it waits until morning', async (state, next) => {
    const execution = await begin({ ...lapsed, [state]: inTurn(...times(3, fails('QuietHours')), done) });
    await execution.finish();
    expect(execution.retryDelays(state)).toEqual([1800, 1800, 1800]);
    expect(execution.path[execution.path.indexOf(state) + 1]).toBe(next);
  });

  test('EndPickUp waits while the desk is just lending the item', async () => {
    const execution = await begin({ EndPickUp: inTurn(...times(3, fails('ItemIsBeingLent')), ended(true, null)) });
    await execution.finish();
    expect(execution.retryDelays('EndPickUp')).toEqual([300, 300, 300]);
    expect(execution.output).toEqual({ outcome: 'lapsed', holdId: 'hold-1' });
  });

  test.each(['OfferItem', 'WaitForPickUp', 'EndPickUp'])(
    '%s is tried again after 2, 4, 8, 16, 32 and 60 s',
    async (state) => {
      const execution = await begin({ [state]: fails('LoansBusy', 'Too many writers.') });
      await execution.finish();
      expect(execution.retryDelays(state)).toEqual([2, 4, 8, 16, 32, 60]);
      expect(execution).toMatchObject({ status: 'FAILED', error: 'LoansBusy' });
    },
  );
});
