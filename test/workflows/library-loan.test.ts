import { fails, inTurn, type Mock, stateMachine, type TestExecution, times, waits } from '../../local/testing';

/** As RegisterLoan answers for a loan of four weeks that starts on 2026-03-02. */
const loan = {
  version: 2,
  loanId: 'loan-1',
  itemId: 'item-1',
  title: 'The Dispossessed',
  period: 1,
  remindAt: '2026-03-27T09:00:00Z',
  dueAt: '2026-03-30T09:00:00Z',
  overdueAt: '2026-04-01T09:00:00Z',
  graceEndsAt: '2026-04-06T09:00:00Z',
  presumedLostAt: '2026-05-04T09:00:00Z',
  dueOn: '2026-03-30',
  presumedLostOn: '2026-05-04',
};

const renewed = {
  ...loan,
  period: 2,
  remindAt: '2026-04-24T09:00:00Z',
  dueAt: '2026-04-27T09:00:00Z',
  overdueAt: '2026-04-29T09:00:00Z',
  graceEndsAt: '2026-05-04T09:00:00Z',
  presumedLostAt: '2026-06-01T09:00:00Z',
};

const done = { Payload: {} };
/** As CloseLoan answers when nobody waits for the item, and when somebody does. */
const closed = { Payload: { version: 2, nextHoldId: null } };
const closedForNext = { Payload: { version: 2, nextHoldId: 'hold-7' } };

const library = stateMachine('statemachines/library-loan.asl.json', {
  substitutions: {
    RegisterLoanFunctionArn: 'register-loan',
    AwaitDecisionFunctionArn: 'await-decision',
    RenewLoanFunctionArn: 'renew-loan',
    ReopenLoanFunctionArn: 'reopen-loan',
    CloseLoanFunctionArn: 'close-loan',
    SendMailFunctionArn: 'send-mail',
    InspectReturnActivityArn: 'arn:aws:states:us-east-1:123456789012:activity:inspect-return',
    LibrarianTopicArn: 'arn:aws:sns:us-east-1:123456789012:librarian',
    LibraryHoldStateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:library-hold',
  },
  tasks: {
    RegisterLoan: { Payload: loan },
    ConfirmByMail: done,
    AwaitReadersDecision: waits,
    RemindReader: done,
    TellReaderLoanIsDue: done,
    TellReaderLoanIsOverdue: done,
    EscalateToLibrarian: { MessageId: '1' },
    RenewLoan: { Payload: renewed },
    ConfirmRenewal: done,
    InspectReturn: waits,
    TellLibrarianDeskIsSilent: { MessageId: '1' },
    TakeItemBack: closed,
    SendReceipt: done,
    CancelLoan: closed,
    SendCancellation: done,
    OfferItemToNextReader: { ExecutionArn: 'arn' },
    TakeDamagedItemBack: done,
    SendDamageFeeNotice: done,
    GiveLoanBackToReader: { Payload: { ...loan, period: 2 } },
    TellReaderItemIsMissing: done,
    WriteItemOff: done,
    SendLossFeeNotice: done,
  },
});

const begin = (tasks: Record<string, Mock> = {}) =>
  library.start({ input: { loanId: 'loan-1' }, name: 'loan-1', tasks });

const decide = (execution: TestExecution, decision: string) =>
  execution.task('AwaitReadersDecision').succeed({ decision });

/** The states entered since `state` was entered last, that one included. */
function pathFrom({ path }: TestExecution, state: string): string[] {
  expect(path).toContain(state);
  return path.slice(path.lastIndexOf(state));
}

/** A mail's task: what it was called with. */
const mail = (kind: string, period = 1) => ({
  FunctionName: 'send-mail',
  Payload: { version: 2, loanId: 'loan-1', period, mail: kind },
});

describe('the item is out', () => {
  test('when the loan is registered and confirmed, with the reader and the calendar side by side', async () => {
    const execution = await begin();

    expect(execution.path).toEqual([
      'RegisterLoan',
      'ConfirmByMail',
      'ItemIsOut',
      'AwaitReadersDecision',
      'WhichDateIsNext',
      'WaitUntilReminder',
    ]);
    expect(execution.variables).toEqual({ loan });
    expect(execution.calls('RegisterLoan')).toEqual([
      { FunctionName: 'register-loan', Payload: { version: 2, loanId: 'loan-1' } },
    ]);
    expect(execution.calls('ConfirmByMail')).toEqual([mail('confirmation')]);
    expect(execution.task('AwaitReadersDecision').input).toEqual({
      FunctionName: 'await-decision',
      Payload: { version: 2, loanId: 'loan-1', period: 1, taskToken: expect.any(String) },
    });
  });

  test('until the calendar has reminded, told, escalated and given up, each on its day', async () => {
    const execution = await begin();
    const enters = async (state: string, instant: string) => {
      await execution.advanceTo(new Date(Date.parse(instant) - 1).toISOString());
      expect(execution.path).not.toContain(state);
      await execution.advanceTo(instant);
      expect(execution.path).toContain(state);
    };

    await enters('RemindReader', loan.remindAt);
    expect(execution.calls('RemindReader')).toEqual([mail('reminder')]);
    await enters('TellReaderLoanIsDue', loan.dueAt);
    expect(execution.calls('TellReaderLoanIsDue')).toEqual([mail('due')]);
    await enters('TellReaderLoanIsOverdue', loan.overdueAt);
    expect(execution.calls('TellReaderLoanIsOverdue')).toEqual([mail('overdue')]);
    await enters('EscalateToLibrarian', loan.graceEndsAt);
    expect(execution.calls('EscalateToLibrarian')).toMatchObject([
      {
        TopicArn: expect.stringContaining('librarian'),
        Message:
          'Item item-1 was due on 2026-03-30 and has not come back. Loan: loan-1. It will be presumed lost on 2026-05-04.',
      },
    ]);
    await enters('PresumedLost', loan.presumedLostAt);

    expect(pathFrom(execution, 'PresumedLost')).toEqual([
      'PresumedLost',
      'WriteItemOff',
      'SendLossFeeNotice',
      'ItemLost',
    ]);
    expect(execution.calls('WriteItemOff')).toEqual([
      {
        FunctionName: 'close-loan',
        Payload: { version: 2, loanId: 'loan-1', period: 1, outcome: 'lost', reason: 'presumed' },
      },
    ]);
    expect(execution.output).toEqual({ outcome: 'lost', reason: 'presumed', loanId: 'loan-1' });
  });

  test.each([
    ['the reminder', '2026-03-27T08:59:59Z', 'WaitUntilReminder'],
    ['the due date', '2026-03-27T09:00:00Z', 'WaitUntilDue'],
    ['the notice that it is overdue', '2026-03-30T09:00:00Z', 'WaitUntilOverdue'],
    ['the end of the grace period', '2026-04-01T09:00:00Z', 'WaitUntilGraceEnds'],
    ['the day on which it is presumed lost', '2026-04-06T09:00:00Z', 'WaitUntilPresumedLost'],
  ])('and the calendar begins with %s, if that is next', async (_, at, state) => {
    const execution = await library.start({ input: { loanId: 'loan-1' }, at });

    expect(execution.path.at(-1)).toBe(state);
  });
});

describe('the reader decides', () => {
  test.each([
    ['at once', []],
    ['after the reminder', ['RemindReader']],
    ['after the due date', ['RemindReader', 'TellReaderLoanIsDue']],
    ['when it is overdue', ['RemindReader', 'TellReaderLoanIsDue', 'TellReaderLoanIsOverdue']],
    [
      'after the librarian was told',
      ['RemindReader', 'TellReaderLoanIsDue', 'TellReaderLoanIsOverdue', 'EscalateToLibrarian'],
    ],
  ])('%s, and the calendar ends', async (_, told) => {
    const execution = await begin();
    for (const _ of told) await execution.advanceToNext();
    await decide(execution, 'return');

    expect(pathFrom(execution, 'WhatReaderDecided')).toEqual(['WhatReaderDecided', 'ReturnAnnounced', ...atTheDesk]);
    await execution.advance({ days: 20 });
    expect(execution.path.slice(-3)).toEqual(atTheDesk);
    expect(execution.path.filter((state) => /^(Remind|Tell|Escalate)/.test(state))).toEqual(told);
  });

  test('to renew: the item is out again, with new dates', async () => {
    const execution = await begin();
    await execution.advanceTo(loan.dueAt);
    await decide(execution, 'renew');

    expect(pathFrom(execution, 'WhatReaderDecided')).toEqual([
      'WhatReaderDecided',
      'RenewalAsked',
      'RenewLoan',
      'ConfirmRenewal',
      'ItemIsOut',
      'AwaitReadersDecision',
      'WhichDateIsNext',
      'WaitUntilReminder',
    ]);
    expect(execution.calls('RenewLoan')).toEqual([
      { FunctionName: 'renew-loan', Payload: { version: 2, loanId: 'loan-1', period: 1 } },
    ]);
    expect(execution.calls('ConfirmRenewal')).toEqual([mail('renewed', 2)]);
    expect(execution.variables).toEqual({ loan: renewed });

    await execution.advanceTo(renewed.remindAt);
    expect(execution.calls('RemindReader')).toEqual([mail('reminder'), mail('reminder', 2)]);
  });

  test('to report a loss: the item is written off', async () => {
    const execution = await begin();
    await execution.task('AwaitReadersDecision').fail('LostReported');

    expect(pathFrom(execution, 'WriteItemOff')).toEqual(['WriteItemOff', 'SendLossFeeNotice', 'ItemLost']);
    expect(execution.calls('SendLossFeeNotice')).toEqual([mail('lostFee')]);
    expect(execution.output).toEqual({ outcome: 'lost', reason: 'reported', loanId: 'loan-1' });
  });

  test('before the task could wait: the decision is answered at once', async () => {
    const execution = await begin({ AwaitReadersDecision: { decision: 'return' } });

    expect(execution.path.slice(-3)).toEqual(atTheDesk);
  });

  test('too late: the task does not wait any more', async () => {
    const execution = await begin();
    const decision = execution.task('AwaitReadersDecision');
    await execution.advanceTo(loan.presumedLostAt);

    await expect(decision.succeed({ decision: 'return' })).rejects.toThrow('TaskTimedOut');
    expect(execution.output).toMatchObject({ outcome: 'lost' });
  });

  test('something that no page offers: the loan stops where it waits, so that a redrive waits anew', async () => {
    const execution = await begin();
    await decide(execution, 'keep');

    expect(execution.path).not.toContain('WhatReaderDecided');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('nothing for 341 days, which no calendar lasts, and the loan stops', async () => {
    const forever = { ...loan, remindAt: '2027-02-20T00:00:00Z' };
    const execution = await begin({ RegisterLoan: { Payload: forever } });
    await execution.advance({ days: 341 });

    expect(execution.retryDelays('AwaitReadersDecision')).toEqual([]);
    expect(execution.error).toBe('States.Timeout');
  });
});

describe('a decision that is stored, and whose answer got lost,', () => {
  test.each([
    ['RenewalAsked', 'RenewLoan'],
    ['ReturnAnnounced', 'ItemIsAtTheDesk'],
    ['LostReported', 'WriteItemOff'],
    ['CancellationAsked', 'CancelLoan'],
  ])('counts from the next mail: %s', async (decision, next) => {
    const execution = await begin({ RemindReader: fails(decision) });
    await execution.advanceTo(loan.remindAt);

    expect(pathFrom(execution, 'RemindReader')[1]).toBe(next);
  });

  test.each([
    ['RenewalAsked', 'RenewLoan'],
    ['ReturnAnnounced', 'ItemIsAtTheDesk'],
    ['LostReported', 'WriteItemOff'],
    ['CancellationAsked', 'CancelLoan'],
  ])('counts when the item is about to be written off: %s', async (decision, next) => {
    const execution = await begin({ WriteItemOff: inTurn(fails(decision), closed) });
    await execution.advanceTo(loan.presumedLostAt);

    expect(execution.path[execution.path.indexOf('WriteItemOff') + 1]).toBe(next);
  });

  test('is written off as what it is', async () => {
    const execution = await begin({ WriteItemOff: inTurn(fails('LostReported'), closed) });
    await execution.advanceTo(loan.presumedLostAt);

    expect(execution.calls('WriteItemOff')).toMatchObject([
      { Payload: { reason: 'presumed' } },
      { Payload: { reason: 'reported' } },
    ]);
    expect(execution.output).toMatchObject({ reason: 'reported' });
  });
});

/** What the announcement of a return leads to. */
const atTheDesk = ['ItemIsAtTheDesk', 'InspectReturn', 'WaitForDesk'];

describe('the desk', () => {
  const announce = async (tasks: Record<string, Mock> = {}) => {
    const execution = await begin(tasks);
    await decide(execution, 'return');
    return execution;
  };

  test('finds the item sound: the loan is closed with a receipt', async () => {
    const execution = await announce();
    const inspection = execution.task('InspectReturn');
    expect(inspection.input).toEqual({ loanId: 'loan-1', itemId: 'item-1', title: 'The Dispossessed' });
    await inspection.succeed({ condition: 'good' });

    expect(pathFrom(execution, 'WaitForDesk')).toEqual([
      'WaitForDesk',
      'ItemSound',
      'TakeItemBack',
      'SendReceipt',
      'DoesSomebodyWait',
      'ItemIsFree',
    ]);
    expect(execution.calls('TakeItemBack')).toEqual([
      { FunctionName: 'close-loan', Payload: { version: 2, loanId: 'loan-1', period: 1, outcome: 'returned' } },
    ]);
    expect(execution.calls('SendReceipt')).toEqual([mail('receipt')]);
    expect(execution.output).toEqual({ outcome: 'returned', loanId: 'loan-1' });
  });

  test.each(['The cover is torn.', ''])('finds it damaged: %j', async (damage) => {
    const execution = await announce();
    await execution.task('InspectReturn').fail('ItemDamaged', damage);

    expect(pathFrom(execution, 'WaitForDesk')).toEqual([
      'WaitForDesk',
      'TakeDamagedItemBack',
      'SendDamageFeeNotice',
      'LoanReturnedDamaged',
    ]);
    expect(execution.calls('TakeDamagedItemBack')).toMatchObject([{ Payload: { outcome: 'damaged', note: damage } }]);
    expect(execution.calls('SendDamageFeeNotice')).toEqual([mail('damageFee')]);
    expect(execution.output).toEqual({ outcome: 'damaged', loanId: 'loan-1' });
  });

  test('does not find it: the reader has the loan again', async () => {
    const execution = await announce();
    await execution.task('InspectReturn').fail('ItemNotThere');

    expect(pathFrom(execution, 'WaitForDesk').slice(0, 5)).toEqual([
      'WaitForDesk',
      'GiveLoanBackToReader',
      'TellReaderItemIsMissing',
      'ItemIsOut',
      'AwaitReadersDecision',
    ]);
    expect(execution.calls('GiveLoanBackToReader')).toEqual([
      { FunctionName: 'reopen-loan', Payload: { version: 2, loanId: 'loan-1', period: 1 } },
    ]);
    expect(execution.calls('TellReaderItemIsMissing')).toEqual([mail('notFound', 2)]);
  });

  test('may take as long as it sends heartbeats', async () => {
    const execution = await announce();
    const inspection = execution.task('InspectReturn');
    await inspection.take();
    for (const _ of Array(12)) {
      await execution.advance({ minutes: 9 });
      await inspection.heartbeat();
    }
    await inspection.succeed();

    expect(execution.retryDelays('InspectReturn')).toEqual([]);
    expect(execution.output).toMatchObject({ outcome: 'returned' });
  });

  test('gives the item to another worker when one falls silent for ten minutes', async () => {
    const execution = await announce();
    const silent = execution.task('InspectReturn');
    await silent.take();
    await execution.advance({ minutes: 9, seconds: 59 });
    expect(execution.retryDelays('InspectReturn')).toEqual([]);

    await execution.advance({ seconds: 2 });
    expect(execution.retryDelays('InspectReturn')).toEqual([1]);
    await expect(silent.succeed()).rejects.toThrow('TaskTimedOut');
    await execution.task('InspectReturn').succeed();
    expect(execution.output).toMatchObject({ outcome: 'returned' });
  });

  test('stops the loan when six workers fell silent', async () => {
    const execution = await announce();
    for (const _ of Array(6)) {
      await execution.task('InspectReturn').take();
      await execution.advance({ minutes: 10, seconds: 1 });
    }

    expect(execution.retryDelays('InspectReturn')).toEqual([1, 1, 1, 1, 1]);
    expect(execution.error).toBe('States.Timeout');
  });

  test('may be closed for two weeks', async () => {
    const execution = await announce();
    await execution.advance({ days: 14 });
    await execution.task('InspectReturn').succeed();

    expect(execution.output).toMatchObject({ outcome: 'returned' });
  });

  test('has the librarian told, every three weeks, when nobody takes the item up; it may still be inspected', async () => {
    const execution = await announce();
    await execution.advance({ days: 20, hours: 23 });
    expect(execution.status).toBe('RUNNING');
    await execution.advance({ hours: 1 });

    expect(pathFrom(execution, 'DeskSilent')).toEqual(['DeskSilent', 'TellLibrarianDeskIsSilent', ...atTheDesk]);
    expect(execution.calls('TellLibrarianDeskIsSilent')).toMatchObject([
      { TopicArn: expect.stringContaining('librarian'), Message: expect.stringContaining('Item item-1') },
    ]);

    await execution.advance({ days: 21 });
    expect(execution.calls('TellLibrarianDeskIsSilent')).toHaveLength(2);
    await execution.task('InspectReturn').succeed();
    expect(execution.output).toMatchObject({ outcome: 'returned' });
  });

  test('has the librarian told when a worker keeps the item for three weeks', async () => {
    const execution = await announce();
    const inspection = execution.task('InspectReturn');
    await inspection.take();
    while (!execution.path.includes('DeskSilent')) {
      await execution.advance({ minutes: 9 });
      if (!execution.path.includes('DeskSilent')) await inspection.heartbeat();
    }

    expect(execution.now.getTime() - Date.parse('2026-03-02T09:00:00Z')).toBeCloseTo(21 * 86_400_000, -6);
    expect(execution.path.slice(-3)).toEqual(atTheDesk);
  });

  test('answers something else, and the loan stops at the inspection', async () => {
    const execution = await announce();
    await execution.task('InspectReturn').fail('DeskOnFire', 'Call somebody.');

    expect(execution.path.slice(-3)).toEqual(atTheDesk);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'DeskOnFire', cause: 'Call somebody.' });
  });
});

describe('the desk cancels', () => {
  test('and the item is free', async () => {
    const execution = await begin();
    await execution.advanceTo(loan.dueAt);
    await decide(execution, 'cancel');

    expect(pathFrom(execution, 'WhatReaderDecided')).toEqual([
      'WhatReaderDecided',
      'CancellationAsked',
      'CancelLoan',
      'SendCancellation',
      'DoesSomebodyWait',
      'ItemIsFree',
    ]);
    expect(execution.calls('CancelLoan')).toEqual([
      { FunctionName: 'close-loan', Payload: { version: 2, loanId: 'loan-1', period: 1, outcome: 'cancelled' } },
    ]);
    expect(execution.calls('SendCancellation')).toEqual([mail('cancelled')]);
    expect(execution.output).toEqual({ outcome: 'cancelled', loanId: 'loan-1' });
  });
});

describe('a reader who waits for the item', () => {
  const offered = {
    StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:library-hold',
    Name: 'hold-7',
    Input: { version: 2, itemId: 'item-1', holdId: 'hold-7' },
  };

  test.each([
    ['returned', 'return', 'TakeItemBack'],
    ['cancelled', 'cancel', 'CancelLoan'],
  ])('is offered it when the loan is %s', async (outcome, decision, closes) => {
    const execution = await begin({ [closes]: closedForNext });
    await decide(execution, decision);
    if (decision === 'return') await execution.task('InspectReturn').succeed();

    expect(pathFrom(execution, 'DoesSomebodyWait')).toEqual([
      'DoesSomebodyWait',
      'OfferItemToNextReader',
      'ItemIsFree',
    ]);
    expect(execution.calls('OfferItemToNextReader')).toEqual([offered]);
    expect(execution.output).toMatchObject({ outcome });
  });

  test('is offered it again when the first offer does not get through', async () => {
    const offer = inTurn(fails('StepFunctions.ThrottlingException'), { ExecutionArn: 'arn' });
    const execution = await begin({ CancelLoan: closedForNext, OfferItemToNextReader: offer });
    await decide(execution, 'cancel');
    await execution.advance({ seconds: 2 });

    expect(execution.retryDelays('OfferItemToNextReader')).toEqual([2]);
    expect(execution.path.at(-1)).toBe('ItemIsFree');
  });

  test('is not offered it twice', async () => {
    const offer = fails('StepFunctions.ExecutionAlreadyExistsException');
    const execution = await begin({ CancelLoan: closedForNext, OfferItemToNextReader: offer });
    await decide(execution, 'cancel');
    await execution.finish();

    expect(execution.output).toEqual({ outcome: 'cancelled', loanId: 'loan-1' });
  });
});

/** The loan moved to where it calls the task of a state: how each is reached, all going well before. */
const ways: Record<string, (execution: TestExecution) => Promise<void>> = {
  RegisterLoan: async () => {},
  ConfirmByMail: async () => {},
  AwaitReadersDecision: async () => {},
  RemindReader: (execution) => execution.advanceTo(loan.remindAt),
  TellReaderLoanIsDue: (execution) => execution.advanceTo(loan.dueAt),
  TellReaderLoanIsOverdue: (execution) => execution.advanceTo(loan.overdueAt),
  EscalateToLibrarian: (execution) => execution.advanceTo(loan.graceEndsAt),
  RenewLoan: (execution) => decide(execution, 'renew'),
  ConfirmRenewal: (execution) => decide(execution, 'renew'),
  TakeItemBack: (execution) => inspect(execution),
  SendReceipt: (execution) => inspect(execution),
  TakeDamagedItemBack: (execution) => inspect(execution, 'ItemDamaged'),
  SendDamageFeeNotice: (execution) => inspect(execution, 'ItemDamaged'),
  GiveLoanBackToReader: (execution) => inspect(execution, 'ItemNotThere'),
  TellReaderItemIsMissing: (execution) => inspect(execution, 'ItemNotThere'),
  CancelLoan: (execution) => decide(execution, 'cancel'),
  SendCancellation: (execution) => decide(execution, 'cancel'),
  WriteItemOff: (execution) => execution.task('AwaitReadersDecision').fail('LostReported'),
  SendLossFeeNotice: (execution) => execution.task('AwaitReadersDecision').fail('LostReported'),
};

async function inspect(execution: TestExecution, error?: string): Promise<void> {
  await decide(execution, 'return');
  const inspection = execution.task('InspectReturn');
  await (error === undefined ? inspection.succeed() : inspection.fail(error));
}

/** Starts a loan and moves it to the state, whose task fails as mocked; then lets a day pass for its retries. */
async function reach(state: string, mock: Mock, tasks: Record<string, Mock> = {}): Promise<TestExecution> {
  const execution = await begin({ ...tasks, [state]: mock });
  await ways[state]?.(execution);
  await execution.advance({ days: 1 });
  return execution;
}

describe('mails', () => {
  const mails = [
    ['ConfirmByMail', 'ItemIsOut'],
    ['RemindReader', 'WaitUntilDue'],
    ['TellReaderLoanIsDue', 'WaitUntilOverdue'],
    ['TellReaderLoanIsOverdue', 'WaitUntilGraceEnds'],
    ['ConfirmRenewal', 'ItemIsOut'],
    ['SendReceipt', 'DoesSomebodyWait'],
    ['SendCancellation', 'DoesSomebodyWait'],
    ['SendDamageFeeNotice', 'LoanReturnedDamaged'],
    ['TellReaderItemIsMissing', 'ItemIsOut'],
    ['SendLossFeeNotice', 'ItemLost'],
  ] as const;
  const delays = [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * 60);

  test.each(mails)('%s: an address that refuses mail does not stop the loan', async (state, next) => {
    const execution = await reach(state, fails('MailRefused'));

    expect(execution.retryDelays(state)).toEqual([]);
    expect(pathFrom(execution, state)[1]).toBe(next);
  });

  test.each(mails)('%s: a post office closed for hours does not stop the loan', async (state, next) => {
    const execution = await reach(state, fails('MailUnavailable'));

    expect(execution.retryDelays(state)).toEqual(delays);
    expect(pathFrom(execution, state)[1]).toBe(next);
  });

  test.each(mails)('%s: goes out when the post office opens again', async (state, next) => {
    const execution = await reach(state, inTurn(fails('MailUnavailable'), fails('LoansBusy'), done));

    expect(execution.retryDelays(state)).toEqual([60, 120]);
    expect(pathFrom(execution, state)[1]).toBe(next);
  });

  test.each(mails)('%s: trouble of our own stops the loan there', async (state) => {
    const execution = await reach(state, fails('LoansBusy'));

    expect(execution.retryDelays(state)).toEqual(delays);
    expect(pathFrom(execution, state)).toEqual([state]);
    expect(execution.error).toBe('LoansBusy');
  });

  test.each(mails)('%s: a library that may not send stops the loan at once', async (state) => {
    const execution = await reach(state, fails('SenderRefused'));

    expect(execution.retryDelays(state)).toEqual([]);
    expect(pathFrom(execution, state)).toEqual([state]);
    expect(execution.error).toBe('SenderRefused');
  });

  const ofTheCalendar = ['RemindReader', 'TellReaderLoanIsDue', 'TellReaderLoanIsOverdue', 'SendLossFeeNotice'];

  test.each(ofTheCalendar)('%s: waits until morning', async (state) => {
    const night = times(24, fails('QuietHours'));
    const execution = await reach(state, inTurn(...night, done));

    expect(execution.retryDelays(state)).toEqual(times(24, 1800));
    expect(execution.calls(state)).toHaveLength(25);
    expect(execution.status === 'RUNNING' || execution.status === 'SUCCEEDED').toBe(true);
  });
});

describe('what is tried again', () => {
  const steps = [
    'RegisterLoan',
    'AwaitReadersDecision',
    'RenewLoan',
    'TakeItemBack',
    'CancelLoan',
    'TakeDamagedItemBack',
    'GiveLoanBackToReader',
    'WriteItemOff',
  ];

  test.each(steps)('%s, after 2, 4, 8, 16, 32 and 60 s; then the loan stops there', async (state) => {
    const execution = await reach(state, fails('LoansBusy', 'Too many writers.'));

    expect(execution.retryDelays(state)).toEqual([2, 4, 8, 16, 32, 60]);
    expect(execution.path).toContain(state);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'LoansBusy', cause: 'Too many writers.' });
  });

  test.each([
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'States.Timeout',
  ])('after %s', async (error) => {
    const execution = await begin({ RegisterLoan: inTurn(fails(error), { Payload: loan }) });
    await execution.advance({ seconds: 2 });

    expect(execution.retryDelays('RegisterLoan')).toEqual([2]);
    expect(execution.path).toContain('ItemIsOut');
  });

  test('the librarian’s message, after 1, 2, 4, 8, 16, 32, 60 and 60 minutes', async () => {
    const execution = await reach('EscalateToLibrarian', fails('SNS.InternalErrorException'));

    expect(execution.retryDelays('EscalateToLibrarian')).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(execution.error).toBe('SNS.InternalErrorException');
  });

  test('the message that the desk is silent, the same way', async () => {
    const execution = await begin({ TellLibrarianDeskIsSilent: fails('SNS.InternalErrorException') });
    await decide(execution, 'return');
    await execution.advance({ days: 22 });

    expect(execution.retryDelays('TellLibrarianDeskIsSilent')).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(execution.error).toBe('SNS.InternalErrorException');
  });

  test('the wait for the reader: each attempt has a token of its own', async () => {
    const execution = await begin({ AwaitReadersDecision: inTurn(fails('LoansBusy'), waits) });
    await execution.advance({ seconds: 2 });
    await decide(execution, 'return');

    const tokens = execution.calls('AwaitReadersDecision').map((call) => JSON.stringify(call));
    expect(new Set(tokens).size).toBe(2);
    expect(execution.path.slice(-3)).toEqual(atTheDesk);
  });
});

test('a loan whose reservation had run out was never one, and alarms nobody', async () => {
  const execution = await begin({ RegisterLoan: fails('ReservationLost') });

  expect(execution.path).toEqual(['RegisterLoan', 'NothingWasLent']);
  expect(execution.output).toEqual({ outcome: 'void', loanId: 'loan-1' });
});
