import fc from 'fast-check';
import type { State, StateMachine } from '../../../local/asl/model';
import { validateDefinition } from '../../../local/asl/validate';
import { machines } from '../../engine/machines';
import { LocalCloud } from './local-cloud';
import { testState } from './state-tests';

/** A mock that fits the state, if it takes one. */
function mockFor(state: State, fails: boolean) {
  if (state.Type !== 'Task' && state.Type !== 'Map' && state.Type !== 'Parallel') return {};
  if (fails) return { errorOutput: { error: 'Boom', cause: 'by chance' } };
  if (state.Type === 'Task') return { result: { a: 1 }, mode: 'NONE' as const };
  return { result: state.Type === 'Parallel' ? state.Branches.map(() => 1) : [1] };
}

it('tests every state of any valid machine, and tells one of the four ways in which it may end', async () => {
  const cloud = new LocalCloud();
  cloud.clock.setScale(1_000_000);
  const tellsAll = async (definition: StateMachine, input: unknown, fails: boolean, retrierRetryCount: number) => {
    fc.pre(validateDefinition(JSON.stringify(definition)).result === 'OK');
    for (const [stateName, state] of Object.entries(definition.States)) {
      const mock = mockFor(state, fails);
      const mocked = Object.keys(mock).length > 0;
      const given = { ...mock, ...(mocked && { stateConfiguration: { retrierRetryCount } }) };
      const answer = await testState(
        cloud,
        { ...definition },
        { stateName, input, inspectionLevel: 'TRACE', ...given },
      );
      const { status, output, error, nextState, inspectionData } = answer;
      expect(['SUCCEEDED', 'FAILED', 'RETRIABLE', 'CAUGHT_ERROR']).toContain(status);
      expect(output !== undefined).toBe(status === 'SUCCEEDED' || status === 'CAUGHT_ERROR');
      expect(error !== undefined).toBe(status !== 'SUCCEEDED');
      if (nextState !== undefined) expect(definition.States).toHaveProperty([nextState]);
      expect(inspectionData.input).toEqual(input);
      const { retryIndex, catchIndex } = inspectionData.errorDetails ?? {};
      expect(catchIndex !== undefined).toBe(status === 'CAUGHT_ERROR');
      if (status === 'RETRIABLE') expect(retryIndex).toBeDefined();
    }
  };
  const inputs = fc.constantFrom({ a: 1 }, { a: [1, 2] }, [1, 2, 3]);
  const property = fc.asyncProperty(machines, inputs, fc.boolean(), fc.nat(3), tellsAll);
  await fc.assert(property, { numRuns: 60 });
  await cloud.close();
});
