import type { Executions, TokenVerdict } from '../../runtime/executions';
import { optionalText, parsePayload, requireText } from './checks';
import { failures, type Input } from './errors';

/** Owns SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat: the answers of those who hold a task token. */
export class TaskAnswers {
  constructor(private readonly executions: Executions) {}

  async success(input: Input): Promise<Input> {
    const token = requireToken(input);
    const output = parsePayload(requireText(input, 'output', { least: 0 }), 'output', failures.invalidOutput);
    return settled(await this.executions.answer(token, (task) => ({ type: 'taskSucceeded', task, output })));
  }

  async failure(input: Input): Promise<Input> {
    const token = requireToken(input);
    const error = optionalText(input, 'error', { least: 0, most: 256 });
    const cause = optionalText(input, 'cause', { least: 0, most: 32_768 });
    return settled(await this.executions.answer(token, (task) => ({ type: 'taskFailed', task, error, cause })));
  }

  async heartbeat(input: Input): Promise<Input> {
    return settled(await this.executions.answer(requireToken(input), (task) => ({ type: 'heartbeat', task })));
  }
}

function requireToken(input: Input): string {
  return requireText(input, 'taskToken', { most: 2048 });
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
