import type { Executions, TokenVerdict } from '../../runtime/executions';
import { parsePayload } from './checks';
import { failures, type Input } from './errors';

/** Owns SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat: the answers of those who hold a task token. */
export class TaskAnswers {
  constructor(private readonly executions: Executions) {}

  async success(input: Input): Promise<Input> {
    const output = parsePayload(input.output, 'output', failures.invalidOutput);
    return settled(await this.executions.answer(input.taskToken, (task) => ({ type: 'taskSucceeded', task, output })));
  }

  async failure(input: Input): Promise<Input> {
    const error = input.error ?? undefined;
    const cause = input.cause ?? undefined;
    return settled(
      await this.executions.answer(input.taskToken, (task) => ({ type: 'taskFailed', task, error, cause })),
    );
  }

  async heartbeat(input: Input): Promise<Input> {
    return settled(await this.executions.answer(input.taskToken, (task) => ({ type: 'heartbeat', task })));
  }
}

function settled(verdict: TokenVerdict): Input {
  switch (verdict) {
    case 'accepted':
      return {};
    case 'late':
      throw failures.taskTimedOut();
    case 'unknown':
      throw failures.taskUnknown();
    case 'garbage':
      throw failures.invalidToken();
  }
}
