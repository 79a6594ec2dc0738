import { AREAS } from './areas';
import { ROLE } from './case';
import { expectedLines, toLines } from './lines';
import { play } from './play';

/** Our own conformance cases, each as the specification's words have it: in memory, against what it says is to come. */
describe.each(Object.entries(AREAS))('%s', (_area, cases) => {
  it.each(cases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
    const { answers, events, end } = await play(given, 'memory');
    const expected = (given.steps ?? []).flatMap((step) => ('seconds' in step ? [] : [step[2]]));
    answers.forEach((answer, index) => {
      if (expected[index] !== undefined) expect(answer).toEqual(expected[index]);
    });
    if (events[0]) {
      const { input = {} } = given;
      expect(events[0]).toMatchObject({
        ...{ id: 1, previousEventId: 0, type: 'ExecutionStarted' },
        executionStartedEventDetails: {
          input: JSON.stringify(input),
          inputDetails: { truncated: false },
          roleArn: ROLE,
        },
      });
    }
    if (given.history !== undefined) expect(toLines(events)).toEqual(expectedLines(given.history));
    if (!end) return;
    const { output, error, cause } = given;
    if (cause !== undefined) expect(end.cause).toEqual(cause);
    if (output !== undefined) expect(JSON.parse(end.output ?? 'null')).toEqual(output);
    const status = given.status ?? (output !== undefined ? 'SUCCEEDED' : error !== undefined ? 'FAILED' : undefined);
    if (status !== undefined) expect([end.status, end.error]).toEqual([status, error]);
  });
});
