import type { Stimulus } from '../../engine/types';
import type { Executions, TokenVerdict } from '../../runtime/executions';
import type { Parts } from '../parts';
import { parsePayload } from './checks';
import { failures, type Input } from './errors';

/** Owns SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat: the answers of those who hold a task token. */
export class TaskAnswers {
  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
  ) {}

  async success(input: Input, trace?: string): Promise<Input> {
    const output = parsePayload(input.output, 'output', failures.invalidOutput);
    return this.#answer(input, trace, (task) => ({ type: 'taskSucceeded', task, output }));
  }

  async failure(input: Input, trace?: string): Promise<Input> {
    const error = input.error ?? undefined;
    const cause = input.cause ?? undefined;
    return this.#answer(input, trace, (task) => ({ type: 'taskFailed', task, error, cause }));
  }

  async heartbeat(input: Input, trace?: string): Promise<Input> {
    return this.#answer(input, trace, (task) => ({ type: 'heartbeat', task }));
  }

  /** The request that answers a task is paid for by its execution. */
  async #answer({ taskToken }: Input, trace: string | undefined, stimulus: (task: number) => Stimulus): Promise<Input> {
    const owner = trace === undefined ? undefined : this.executions.ownerOf(taskToken);
    if (owner !== undefined) this.parts.aws.meter?.link(trace, owner);
    return settled(await this.executions.answer(taskToken, stimulus));
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
