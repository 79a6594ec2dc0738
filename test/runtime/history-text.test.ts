import fc from 'fast-check';
import type { HistoryEvent } from '../../local/engine/types';
import { historyLine, readHistory } from '../../local/runtime/history-text';
import { anyText } from '../any-text';

const shared = { truncated: false };
const text = fc.oneof(fc.constantFrom('{"a":1}', 'Step\nTwo\u2028', 'é'), anyText({ maxLength: 8 }));
const value = fc.oneof(text, fc.constant(shared), fc.jsonValue({ maxDepth: 2 }).map(normal), fc.maxSafeNat());
const details = fc.dictionary(fc.constantFrom('name', 'input', 'index', 'a,b', 'outputDetails'), value);

/** As JSON has it: without -0. */
function normal(given: unknown) {
  return JSON.parse(JSON.stringify(given));
}

const steps = fc.array(
  fc.record(
    {
      back: fc.nat(30),
      later: fc.nat(2),
      type: fc.constantFrom('PassStateEntered', 'PassStateExited', 'TaskScheduled'),
      details,
    },
    { requiredKeys: ['back', 'later', 'type'] },
  ),
  { minLength: 1, maxLength: 40 },
);

/** What a step might have recorded, from id `first` on. */
const history = fc.tuple(fc.integer({ min: 1, max: 25_000 }), steps).map(([first, made]) =>
  made.map(({ back, later, type, details: given }, index): HistoryEvent => {
    const event = { id: first + index, previousEventId: first + index - back, timestamp: 1e12 + later, type };
    return given ? { ...event, details: given as HistoryEvent['details'] } : event;
  }),
);

test('the events of steps are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(history, { minLength: 1, maxLength: 3 }), (written) => {
      const lines = written.map(historyLine);
      for (const line of lines) expect(line).not.toContain('\n');
      expect(readHistory(lines.join('\n'))).toEqual(written.flat());
    }),
  );
});

test('what is not there is left out, as in JSON', () => {
  const event = { id: 1, previousEventId: 0, timestamp: 5, type: 'TaskScheduled' };
  const line = historyLine([{ ...event, details: { region: undefined, resource: 'r' } as never }]);
  expect(readHistory(line)).toEqual([{ ...event, details: { resource: 'r' } }]);
});
