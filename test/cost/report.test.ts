import { describeCost } from '../../local/cli/cost/table';
import type { Observation } from '../../local/cost/execution';
import { US_EAST_1 } from '../../local/cost/prices';
import { reportOf } from '../../local/cost/report';

const SEEN: Observation = {
  executionArn: 'arn',
  stateMachineName: 'Machine',
  type: 'STANDARD',
  status: 'SUCCEEDED',
  elapsedMs: 1000,
  transitions: 2,
  retries: 0,
  standardOnly: [],
  tracing: false,
  usage: {},
  definitionBytes: 1000,
  dataBytes: 100,
  branches: 0,
};

function linesOf(...seen: Partial<Observation>[]): string {
  const all = seen.map((one) => ({ ...SEEN, ...one }));
  const report = reportOf('Machine', all, { prices: US_EAST_1, durations: 'measured' });
  return describeCost(report, { perMillion: false, colour: false });
}

test('what keeps executions from being Express is told, of all of them', () => {
  expect(linesOf({})).toMatch(/As Express: \$/);
  expect(linesOf({}, { elapsedMs: 300_001 })).toContain('As Express: not possible, it takes longer than 5 minutes.');
  expect(linesOf({ standardOnly: ['job'] }, { standardOnly: ['activity', 'job'], elapsedMs: 400_000 })).toContain(
    'As Express: not possible, it waits for a job, waits for an activity and takes longer than 5 minutes.',
  );
});
