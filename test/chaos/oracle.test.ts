import { existsSync, rmSync } from 'node:fs';
import { raceFlaws, tokenFlaws } from './answers';
import { outcomeFlaw } from './damage';
import { Ledger } from './orders/ledger';
import { ENTERED, ITEMS, WAITS } from './orders/machine';
import { type Shown, verifyOrders } from './orders/verify';
import { Stuck } from './patience';
import { Refused } from './process';
import { Flaws, verdictOf } from './report';
import { datesFlaws, waitFlaws } from './time';
import { examine } from './trial';
import { type Answer, Answered } from './wire';

/** The oracle can fail: what is told of a sound run that was tampered with in one place. */

const NAME = 'order-1';

/** What is shown and what was acknowledged of one order, through one death. */
function soundRun() {
  const ledger = new Ledger('/nowhere');
  ledger.begin();
  ledger.charge(NAME, 1);
  ledger.begin();
  ledger.charge(NAME, 2);
  ledger.ask(NAME, 'token-1', 2);
  ledger.started.set(NAME, 1_000_000);
  ledger.approved.set(NAME, 'yes-1');
  ledger.inspected.set(NAME, 'fine-1');
  ledger.taken.set(NAME, 1);
  Object.assign(ledger.tag, { acknowledged: 4, sent: 5 });
  const history = soundHistory();
  const output = JSON.stringify({ order: NAME, items: ITEMS, charge: { receipt: `R-${NAME}` } });
  const execution: Answer = { status: 'SUCCEEDED', startDate: 1000, stopDate: 1100, output };
  const shown = {
    listed: [NAME],
    executions: [{ name: NAME, execution, history }],
    tags: [{ value: '4' }] as Answer[],
  };
  return { shown, ledger, execution, history };
}

function soundHistory(): Answer[] {
  const events: Answer[] = [];
  let timestamp = 1000;
  const add = (type: string, details: Answer = {}) => {
    events.push({ id: events.length + 1, previousEventId: events.length, timestamp, type, ...details });
  };
  add('ExecutionStarted');
  for (const [name, times] of Object.entries(ENTERED)) {
    for (let time = 0; time < times; time += 1) {
      add('StateEntered', { stateEnteredEventDetails: { name } });
      if (name === 'Charge') add('TaskScheduled');
      if (name === 'Approve') add('TaskSucceeded', { taskSucceededEventDetails: { output: '"yes-1"' } });
      if (name === 'Inspect') {
        add('ActivityStarted');
        add('ActivitySucceeded', { activitySucceededEventDetails: { output: '"fine-1"' } });
      }
      timestamp += WAITS[name] ?? 0;
      add('StateExited', { stateExitedEventDetails: { name } });
    }
  }
  add('ExecutionSucceeded');
  return events;
}

type Run = ReturnType<typeof soundRun>;
const at = (history: Answer[], type: string) => history.findIndex((event) => event.type === type);

const TAMPERED: Record<string, { letters: string; text: RegExp; tamper: (run: Run) => void }> = {
  'a lost execution': {
    letters: 'A',
    text: /order-1 was acknowledged and is not there/,
    tamper: ({ shown }) => shown.listed.splice(0) && shown.executions.splice(0),
  },
  'an execution listed twice': { letters: 'B', text: /listed twice/, tamper: ({ shown }) => shown.listed.push(NAME) },
  'another date of its start': {
    letters: 'A',
    text: /started at/,
    tamper: ({ execution }) => (execution.startDate += 1),
  },
  'a lost tag': { letters: 'A', text: /the tag is 0/, tamper: ({ shown }) => shown.tags.splice(0) },
  'a gap in the ids': { letters: 'B', text: /event 4 has the id 5/, tamper: ({ history }) => history.splice(3, 1) },
  'a doubled event': {
    letters: 'B',
    text: /event 4 has the id 3/,
    tamper: ({ history }) => history.splice(2, 0, history[2] as Answer),
  },
  'an effect before its cause': {
    letters: 'B',
    text: /event 3 follows 7/,
    tamper: ({ history }) => Object.assign(history[2] as Answer, { previousEventId: 7 }),
  },
  'a time that goes back': {
    letters: 'B',
    text: /event 3 TaskScheduled is 1 s before/,
    tamper: ({ history }) => Object.assign(history[2] as Answer, { timestamp: 999 }),
  },
  'a second end': {
    letters: 'B',
    text: /ended more than once/,
    tamper: ({ history }) => history.push({ ...history.at(-1), id: history.length + 1 } as Answer),
  },
  'a state left out': {
    letters: 'B',
    text: /Cooled was entered 0/,
    tamper: ({ history }) => {
      const isCooled = (event: Answer) => event.stateEnteredEventDetails?.name === 'Cooled';
      Object.assign(history.find(isCooled) as Answer, { stateEnteredEventDetails: { name: 'Else' } });
    },
  },
  'another output': {
    letters: 'B',
    text: /its output is/,
    tamper: ({ execution }) => (execution.output = '{"order":"order-2"}'),
  },
  'an execution that nobody stopped': {
    letters: 'B',
    text: /nobody stopped it/,
    tamper: ({ execution }) => (execution.status = 'ABORTED'),
  },
  'a lost answer': {
    letters: 'AD',
    text: /approval yes-1 is not in the history/,
    tamper: ({ history }) =>
      ((history[at(history, 'TaskSucceeded')] as Answer).taskSucceededEventDetails.output = '"yes-2"'),
  },
  'two accepted answers': {
    letters: 'D',
    text: /inspected 2 times/,
    tamper: ({ history }) => history.push(history[at(history, 'ActivitySucceeded')] as Answer),
  },
  'a lost hand-out': { letters: 'A', text: /handed out 2 times/, tamper: ({ ledger }) => ledger.taken.set(NAME, 2) },
  'an early timer': {
    letters: 'E',
    text: /Settle, a wait of 3 s, ended after 2.500 s/,
    tamper: ({ history }) => {
      const isLeft = (event: Answer) => event.stateExitedEventDetails?.name === 'Settle';
      (history.find(isLeft) as Answer).timestamp -= 0.5;
    },
  },
  'a timer that never fires': {
    letters: 'E',
    text: /stuck after WaitStateEntered/,
    tamper: ({ execution, history }) => {
      execution.status = 'RUNNING';
      history.push({ ...history.at(-1), id: history.length + 1, type: 'WaitStateEntered' } as Answer);
    },
  },
  'a task that is never called': {
    letters: 'C',
    text: /its function was never called/,
    tamper: ({ ledger }) => ledger.charged.clear(),
  },
  'a task called twice in one life': {
    letters: 'C',
    text: /called 2 times in one life/,
    tamper: ({ ledger }) => ledger.charge(NAME, 2),
  },
  'a task called again after its result was recorded': {
    letters: 'C',
    text: /called again after its result was recorded/,
    tamper: ({ ledger }) => ledger.charge(NAME, 3),
  },
  'more calls again than were under way': {
    letters: 'C',
    text: /1 calls were made again, but only 0/,
    tamper: ({ ledger }) => {
      ledger.underWay = 0;
    },
  },
  'another token of one task': {
    letters: 'C',
    text: /with 2 tokens/,
    tamper: ({ ledger }) => ledger.ask(NAME, 'token-2', 2),
  },
};

test('a sound run of orders has no flaw', () => {
  const { shown, ledger } = soundRun();
  expect(verifyOrders(shown, ledger)).toEqual([]);
});

test.each(Object.entries(TAMPERED))('%s is told, by its letter', (_, { letters, text, tamper }) => {
  const run = soundRun();
  tamper(run);
  const told = verifyOrders(run.shown satisfies Shown, run.ledger);
  expect(told).toContainEqual([letters, expect.stringMatching(text)]);
});

test('a token must take one answer, and record it', () => {
  expect(tokenFlaws([7], '7')).toEqual([]);
  expect(tokenFlaws([], undefined)).toEqual([['D', '0 answers of one token were accepted']]);
  expect(tokenFlaws([7, 8], '7')).toEqual([['D', '2 answers of one token were accepted']]);
  expect(tokenFlaws([7], '8')).toEqual([['AD', 'accepted 7, recorded 8']]);
});

test('a race must have one winner, who was told so', () => {
  const late = { success: 'TaskTimedOut', failure: 'TaskTimedOut', stop: 'not sent' };
  const won = { ...late, success: 'accepted' };
  const timedOut = { status: 'FAILED', error: 'States.Timeout' };
  expect(raceFlaws(won, { status: 'SUCCEEDED' }, ['TaskSucceeded'])).toEqual([]);
  expect(raceFlaws(late, timedOut, ['TaskTimedOut'])).toEqual([]);
  for (const [answers, ended, types] of [
    [{ ...won, failure: 'accepted' }, { status: 'SUCCEEDED' }, ['TaskSucceeded']],
    [won, timedOut, ['TaskTimedOut']],
    [won, { status: 'SUCCEEDED' }, ['TaskSucceeded', 'TaskTimedOut']],
    [late, { status: 'SUCCEEDED' }, ['TaskSucceeded']],
    [late, { status: 'ABORTED' }, ['ExecutionAborted']],
  ] as const) {
    expect(raceFlaws(answers, ended, types)).toEqual([['D', expect.any(String)]]);
  }
});

test('a wait must end, and not before its time', () => {
  const ended = (stopDate: number, status = 'SUCCEEDED') => ({ status, startDate: 100, stopDate });
  expect(waitFlaws(10, ended(110))).toEqual([]);
  expect(waitFlaws(10, ended(109.9))).toEqual([['E', 'ended 0.100 s early']]);
  expect(waitFlaws('1970-01-01T00:02:00Z', ended(119))).toEqual([['E', 'ended 1.000 s early']]);
  expect(waitFlaws(10, ended(110, 'FAILED'))).toEqual([['E', 'ended FAILED']]);
  expect(datesFlaws([1, 1, 2])).toEqual([]);
  expect(datesFlaws([1, 3, 2])).toEqual([['B', 'event times went back by 1 s']]);
});

test('a damaged store must be opened with all content, or refused with a sentence, by a process that lives on', () => {
  const flaw = (answer: Parameters<typeof outcomeFlaw>[0]) => outcomeFlaw(answer, 'all', () => {});
  expect(flaw({ content: 'all' })).toBeUndefined();
  expect(flaw({ refused: '/data/store.db is damaged: …', isStoreError: true })).toBeUndefined();
  expect(flaw({ content: 'some' })).toBe('opened with other content');
  expect(flaw({ refused: 'malformed', isStoreError: false })).toMatch(/without a clear sentence: malformed/);
  expect(flaw({ died: 'died with SIGABRT' })).toMatch(/SIGABRT/);
});

test('like flaws are told once and counted, and the worst gives the verdict', () => {
  const flaws = new Flaws();
  expect(verdictOf({ flaws: flaws.all() })).toBe('kept');
  flaws.limit({ 'ready ms': 10_000.4, MiB: 5 }, { 'ready ms': 10_000, MiB: 5 });
  expect(flaws.all()).toEqual([{ kind: 'limit', letters: '', text: 'ready ms is 10000.4, its limit 10000', count: 1 }]);
  expect(verdictOf({ flaws: flaws.all() })).toBe('OVER LIMIT');
  flaws.incomplete('never died at after-sync');
  expect(verdictOf({ flaws: flaws.all() })).toBe('INCOMPLETE');
  for (const name of ['order-1', 'order-2', 'order-3']) flaws.breach('A', `${name} is not there`);
  flaws.breach('B', 'event 5 has the id 6');
  expect(verdictOf({ flaws: flaws.all() })).toBe('BROKEN');
  expect(flaws.all().slice(2)).toEqual([
    { kind: 'breach', letters: 'A', text: 'order-1 is not there', count: 3 },
    { kind: 'breach', letters: 'B', text: 'event 5 has the id 6', count: 1 },
  ]);
});

describe('whatever a scenario throws is its finding', () => {
  const scenario = { name: 'test', title: 'a test', letters: 'AB', seconds: 1, scales: '', seed: 'all' } as const;
  const gone = Object.assign(new Error('no such run'), {
    name: 'ExecutionDoesNotExist',
    $metadata: { httpStatusCode: 400 },
  });

  test.each([
    [
      new Answered('TaskDoesNotExist', "'' to SendTaskSuccess", 400),
      'breach',
      'A',
      /^what was acknowledged is gone: Task/,
    ],
    [gone, 'breach', 'A', /^what was acknowledged is gone: no such run/],
    [new Answered('InternalFailure', "'' to TagResource", 500), 'breach', 'AB', /^it answered InternalFailure/],
    [new Stuck('a timer', 1000, 'E'), 'breach', 'E', /^stuck: waited 1 s in vain for a timer/],
    [
      new Refused(null, 'SIGABRT', 'a panic'),
      'breach',
      'F',
      /^the process ended with SIGABRT before it was ready: a panic/,
    ],
    [
      Object.assign(new Error('hang up'), { code: 'ECONNRESET' }),
      'breach',
      'AB',
      /^it broke a connection off: hang up/,
    ],
    [
      new TypeError('x is no y'),
      'incomplete',
      '',
      /^the harness failed: TypeError: x is no y \(chaos\/oracle\.test\.ts:\d+/,
    ],
  ])('%s', async (error, kind, letters, text) => {
    const { flaws, kept } = await examine(scenario, 1, async () => {
      throw error;
    });
    expect(flaws).toEqual([{ kind, letters, text: expect.stringMatching(text), count: 1 }]);
    expect(existsSync(kept ?? '')).toBe(kind === 'breach');
    if (kept) rmSync(kept, { recursive: true });
  });

  test('figures above their limits are told, and nothing is kept', async () => {
    let directory = '';
    const finding = await examine({ ...scenario, limits: { 'ready ms': 10 } }, 1, async (trial) => {
      ({ directory } = trial);
      trial.figures['ready ms'] = 11;
    });
    expect(verdictOf(finding)).toBe('OVER LIMIT');
    expect(existsSync(directory)).toBe(false);
  });
});
