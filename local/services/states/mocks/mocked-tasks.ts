import type { TaskCall } from '../../../engine/types';
import { type Ending, type TaskAnswer, TaskError, type TaskOwner, type TaskRunner } from '../../../runtime/dispatch';
import { parseResource } from '../integrations/resource';
import type { MockConfiguration } from './configuration';

/** Answers the tasks of executions that were started for a test case by its mocks; all others are called as ever. */
export class MockedTasks implements TaskRunner {
  constructor(
    private readonly configuration: MockConfiguration,
    private readonly calls: TaskRunner,
  ) {}

  async run(call: TaskCall, owner: TaskOwner, ending: Ending): Promise<TaskAnswer> {
    const testCase = owner.testCase === undefined ? undefined : this.configuration.testCases.get(owner.testCase);
    const response = testCase?.get(call.stateName);
    if (!response) return this.calls.run(call, owner, ending);
    const { attempt, stateName } = call;
    const answer = response.attempts.find(({ first, last }) => first <= attempt && attempt <= last)?.answer;
    // No catcher of the state machine's may hide what is wrong with a test.
    if (!answer) {
      throw new TaskError(
        'States.Runtime',
        `The mocked response '${response.name}' of the state '${stateName}' has no answer for attempt ${attempt}.`,
      );
    }
    const result = (): TaskAnswer => {
      if ('error' in answer) throw new TaskError(answer.error, answer.cause);
      return { type: 'succeeded', output: answer.result };
    };
    const resource = parseResource(call.resource);
    const isAnsweredAtOnce = !('pattern' in resource) || resource.pattern === 'requestResponse';
    if (isAnsweredAtOnce) return result();
    const job = Promise.resolve().then(result);
    // It may fail before the submission is recorded and somebody awaits it.
    job.catch(() => {});
    return { type: 'submitted', output: {}, job };
  }
}
