import type { Decision } from '../../../engine/types';
import type { TaskRunner } from '../../../runtime/dispatch';
import type { Parts } from '../../parts';
import type { Input } from '../errors';
import { readContextObject } from './context-object';
import { Inspection } from './inspection';
import { readOutcome, waitsForAnswer } from './mock';
import { Rehearsals, type Rehearsed } from './rehearse';
import { readRequest } from './request';
import { readSubject, type Subject, successorOf } from './subject';

/**
 * Owns TestState: one state, by itself or out of a state machine, run by the engine that runs executions, with a mock or
 * with the real task.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
 */
export class StateTests {
  readonly #rehearsals: Rehearsals;

  constructor(parts: Parts, runner: TaskRunner) {
    this.#rehearsals = new Rehearsals(parts, runner);
  }

  /** @throws AwsError InvalidDefinition, InvalidExecutionInput or ValidationException */
  async run(input: Input): Promise<Input> {
    const request = readRequest(input);
    const subject = readSubject(request.definition, request.stateName);
    const { state } = subject;
    const outcome = readOutcome(state, request);
    const mayHaveTask = state.Type === 'Task' && waitsForAnswer(state);
    const contextObject = request.context === undefined ? undefined : readContextObject(request.context, mayHaveTask);
    const inspection = new Inspection(state.Type, request.variables);
    const rehearsed = await this.#rehearsals.run({ subject, request, inspection, outcome, contextObject });
    return {
      ...describe(subject, rehearsed, inspection),
      ...(request.level !== 'INFO' && {
        inspectionData: inspection.describe(request.input.text, rehearsed.decisions),
      }),
    };
  }
}

function describe(subject: Subject, { execution, decisions }: Rehearsed, { failure }: Inspection): Input {
  switch (execution.status) {
    case 'RUNNING':
      return { status: 'RETRIABLE', ...failure };
    case 'SUCCEEDED': {
      const exit = decisions.find(({ type }) => type === 'exit') as Extract<Decision, { type: 'exit' }>;
      const caught = exit.catcher !== undefined;
      return {
        status: caught ? 'CAUGHT_ERROR' : 'SUCCEEDED',
        output: JSON.stringify(execution.output),
        nextState: exit.next && successorOf(subject, exit.next),
        ...(caught && failure),
      };
    }
    case 'TIMED_OUT':
      return { status: 'FAILED', error: 'States.Timeout' };
    default:
      return { status: 'FAILED', error: execution.error, cause: execution.cause };
  }
}
