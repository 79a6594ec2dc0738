import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../asl/json';
import type { MapState } from '../../../asl/model';
import { Failure } from '../../../engine/failure';
import { createExecution, itemInput, nextDue, step } from '../../../engine/step';
import type {
  Decision,
  Effect,
  Execution,
  ExecutionHeader,
  StepContext,
  Stimulus,
  TaskCall,
  TaskNumber,
} from '../../../engine/types';
import { type TaskRunner, toFailure, toStimulus } from '../../../runtime/dispatch';
import type { Parts } from '../../parts';
import { makeArn } from '../arns';
import type { Inspection } from './inspection';
import { playMap } from './map';
import type { MockedOutcome } from './mock';
import type { TestRequest } from './request';
import type { Subject } from './subject';

/** What a test needs beside the world. */
export interface Test {
  readonly subject: Subject;
  readonly request: TestRequest;
  readonly inspection: Inspection;
  /** Without one a task is really called. */
  readonly outcome?: MockedOutcome;
  readonly contextObject?: JsonObject;
}

export interface Rehearsed {
  readonly execution: Execution;
  readonly decisions: readonly Decision[];
}

/**
 * Owns how a test runs: the engine's own steps on an Express execution that is stored nowhere. It is over when the
 * state has been left, has failed for good, or would be tried again.
 */
export class Rehearsals {
  constructor(
    private readonly parts: Parts,
    private readonly runner: TaskRunner,
  ) {}

  async run(test: Test): Promise<Rehearsed> {
    let execution = createExecution(this.#header(test.request));
    let stimulus: Stimulus = { type: 'start' };
    const decisions: Decision[] = [];
    for (;;) {
      const context = this.#context(test, execution.arn);
      const outcome = await this.parts.work.track(async () => step(execution, stimulus, context));
      execution = outcome.execution;
      decisions.push(...outcome.decisions);
      if (execution.status !== 'RUNNING' || decisions.some(triesAgain)) return { execution, decisions };
      stimulus = await this.#next(test, execution, outcome.effects[0], context);
    }
  }

  #header({ roleArn = '', input }: TestRequest): ExecutionHeader {
    const { identity, clock } = this.parts;
    const [stateMachineName, name] = [randomUUID(), randomUUID()];
    return {
      arn: makeArn(identity, 'express', stateMachineName, name),
      name,
      type: 'EXPRESS',
      stateMachineArn: makeArn(identity, 'stateMachine', stateMachineName),
      stateMachineName,
      roleArn,
      startedAt: clock.now(),
      input: input.value,
    };
  }

  #context({ subject, request, inspection, outcome, contextObject }: Test, arn: string): StepContext {
    return {
      machine: subject.machine,
      now: this.parts.clock.now(),
      random: Math.random,
      uuid: randomUUID,
      token: (task) => Buffer.from(`${arn}/${task}`).toString('base64'),
      rehearsal: {
        variables: request.variables,
        retries: request.configuration.retrierRetryCount ?? 0,
        contextObject,
        branches: outcome && (() => resultOf(outcome)),
        saw: (stage, value) => inspection.saw(stage, value),
        failed: (error, cause) => inspection.failed(error, cause),
        left: (variables) => inspection.left(variables),
      },
    };
  }

  /** What the execution waits for: its one task, or time. */
  async #next(test: Test, execution: Execution, effect: Effect | undefined, context: StepContext): Promise<Stimulus> {
    const { outcome, request, inspection, subject } = test;
    if (effect?.type === 'mapRun' && outcome) {
      const { task, order } = effect;
      return playMap({
        task,
        state: subject.state as MapState,
        jsonata: subject.jsonata,
        order,
        outcome,
        configuration: request.configuration,
        select: (item) => itemInput(execution, task, item, context),
        note: (members) => inspection.note(members),
      });
    }
    if (effect?.type === 'call' && !outcome) return this.#call(effect.task, effect.call, execution);
    if ((effect?.type === 'call' || effect?.type === 'offer') && outcome) return answered(effect.task, outcome);
    return this.#wait(execution);
  }

  /** The real answer, unless time is up before. */
  async #call(task: TaskNumber, call: TaskCall, execution: Execution): Promise<Stimulus> {
    const controller = new AbortController();
    const answer = this.parts.work
      .track(() => this.runner.run(call, execution, controller))
      .catch(toFailure)
      .then((given) => toStimulus(task, given));
    const timer = new AbortController();
    const first = await Promise.race([answer, this.#wait(execution, timer.signal)]);
    timer.abort();
    controller.abort();
    return first;
  }

  #wait(execution: Execution, signal?: AbortSignal): Promise<Stimulus> {
    return new Promise((resolve) => {
      const forget = this.parts.clock.at(nextDue(execution) as number, () => resolve({ type: 'time' }));
      signal?.addEventListener('abort', forget);
    });
  }
}

function triesAgain(decision: Decision): boolean {
  return decision.type === 'retry' && decision.delay !== undefined;
}

function answered(task: TaskNumber, outcome: MockedOutcome): Stimulus {
  return 'result' in outcome
    ? { type: 'taskSucceeded', task, output: outcome.result }
    : { type: 'taskFailed', task, error: outcome.error, cause: outcome.cause };
}

function resultOf(outcome: MockedOutcome): Json {
  if ('result' in outcome) return outcome.result;
  throw new Failure(outcome.error, outcome.cause);
}
