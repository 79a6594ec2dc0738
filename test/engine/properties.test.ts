import fc from 'fast-check';
import type { Json } from '../../local/asl/json';
import type { Frame } from '../../local/engine/frames';
import type { Execution, HistoryEvent, Stimulus } from '../../local/engine/types';
import { Hand } from './hand';
import { machines } from './machines';

/** What comes from outside next: what, and to which of the open tasks. */
const move = fc.record({
  what: fc.constantFrom(
    'succeed',
    'succeed',
    'succeed',
    'fail',
    'submit',
    'start',
    'beat',
    'time',
    'time',
    'stale',
    'stop?',
  ),
  which: fc.nat(20),
  output: fc.constantFrom<Json[]>({ a: 1, list: [1, 2] }, [], 'text', null),
});

const INPUT = { a: { r: 1 }, list: ['x', 'y', 'z'] };

it('any machine, whatever happens to it and however often it is redriven, keeps the invariants of history and frames', () =>
  fc.assert(
    fc.asyncProperty(machines, fc.array(move, { maxLength: 40 }), fc.nat(2), async (machine, moves, redrives) => {
      const hand = new Hand(machine, INPUT);
      const reloaded = new Hand(machine, INPUT, { reload: true });
      const open = new Set<number>();
      let stimulus: Stimulus = { type: 'start' };
      const rest = [...moves];
      for (let count = 0; count < 400; count++) {
        const accepted = await hand.send(stimulus);
        if (accepted && 'task' in stimulus && /Succeeded|Failed/.test(stimulus.type)) open.delete(stimulus.task);
        reloaded.now = hand.now;
        await reloaded.send(stimulus);
        for (const effect of hand.effects) {
          if (effect.type === 'call' || effect.type === 'offer') open.add(effect.task);
          if (effect.type === 'forget') expect(open.delete(effect.task)).toBe(true);
        }
        expect(reloaded.effects).toEqual(hand.effects);
        checkFrames(hand.execution, open);
        const { status, redriveCount } = hand.execution;
        if (status === 'SUCCEEDED' || (status !== 'RUNNING' && redriveCount === redrives)) break;
        const move = rest.shift() ?? { what: 'time', which: 0, output: null };
        stimulus = status === 'RUNNING' ? next(hand, move, [...open]) : { type: 'redrive' };
      }
      expect(reloaded.events).toEqual(hand.events);
      expect(reloaded.execution).toEqual(JSON.parse(JSON.stringify(hand.execution)));
      checkHistory(hand.execution, hand.events);
      expect(hand.execution.status).not.toBe('RUNNING');
    }),
    { numRuns: 200 },
  ));

it('the same stimuli always give the same history', () =>
  fc.assert(
    fc.asyncProperty(machines, async (machine) => {
      const histories = [];
      for (let i = 0; i < 2; i++) {
        const hand = new Hand(machine, INPUT);
        await hand.start();
        while (hand.execution.status === 'RUNNING') await hand.pass(hand.dueIn as number);
        histories.push(hand.events);
      }
      expect(histories[0]).toEqual(histories[1]);
    }),
    { numRuns: 50 },
  ));

function next(
  hand: Hand,
  { what, which, output }: { what: string; which: number; output: Json },
  open: number[],
): Stimulus {
  const task = open[which % Math.max(open.length, 1)] ?? 999;
  switch (what) {
    case 'succeed':
      return { type: 'taskSucceeded', task, output };
    case 'fail':
      return { type: 'taskFailed', task, error: 'Boom', cause: 'c' };
    case 'submit':
      return { type: 'taskSubmitted', task, output };
    case 'start':
      return { type: 'activityStarted', task };
    case 'beat':
      return { type: 'heartbeat', task };
    case 'stale':
      return { type: 'taskSucceeded', task: 999, output };
    case 'stop?':
      return which === 0 ? { type: 'stop' } : { type: 'start' };
    default:
      hand.now += (hand.dueIn as number) * 1000;
      return { type: 'time' };
  }
}

/** F2 to F4, F7 of `frames.ts`, and that the shell knows of exactly the tasks that somebody waits for. */
function checkFrames({ status, frames }: Execution, open: Set<number>): void {
  const all = Object.values(frames.table);
  if (status !== 'RUNNING') expect(all).toEqual([]);
  for (const frame of all) {
    const { phase } = frame;
    expect(phase.type).not.toBe('entering');
    if (phase.type === 'task') expect(frames.tasks[phase.task]).toBe(frame.id);
    if (phase.type === 'parallel' || phase.type === 'map') {
      expect(phase.children.length).toBeGreaterThan(0);
      expect(phase.children).toEqual(all.filter(({ parent }: Frame) => parent === frame.id).map(({ id }) => id));
    }
  }
  expect(new Set(Object.keys(frames.tasks).map(Number))).toEqual(open);
}

function checkHistory(execution: Execution, events: HistoryEvent[]): void {
  expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
  expect(execution.lastEventId).toBe(events.length);
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const { id, previousEventId, type, details } of events) {
    expect(previousEventId).toBeLessThan(id);
    // After a redrive all that goes on follows the ExecutionRedriven event.
    if (type.endsWith('StateExited') && execution.redriveCount === 0)
      expect(cameThrough(details?.name as string)(previousEventId)).toBe(true);
  }
  const last = events.at(-1)?.type;
  const ends = {
    SUCCEEDED: 'ExecutionSucceeded',
    FAILED: 'ExecutionFailed',
    TIMED_OUT: 'ExecutionTimedOut',
    ABORTED: 'ExecutionAborted',
  };
  expect(last).toBe(ends[execution.status as keyof typeof ends]);
  expect(
    events.filter(({ type }) => type in Object.fromEntries(Object.values(ends).map((end) => [end, 1]))),
  ).toHaveLength(1 + execution.redriveCount);

  /** Whether the chain of events before `id` leads to the entering of a state (or to what is dated back before it). */
  function cameThrough(name: string): (id: number) => boolean {
    return (id) => {
      for (let event = byId.get(id); event; event = byId.get(event.previousEventId)) {
        if (event.type.endsWith('StateEntered') && event.details?.name === name) return true;
        if (event.type === 'EvaluationFailed' && event.details?.state === name) return true;
      }
      return false;
    };
  }
}
