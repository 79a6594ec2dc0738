import { randomUUID } from 'node:crypto';
import type { Execution } from '../../engine/types';
import type { Executions } from '../../runtime/executions';
import type { Parts } from '../parts';
import { makeArn, parseArn } from './arns';
import { parsePayload, requireName } from './checks';
import { failures, type Input } from './errors';
import type { MockConfiguration } from './mocks/configuration';
import { splitTestCase } from './mocks/test-case';
import { redrivability } from './redrive';
import type { Target, Targets } from './targets';

/** Owns StartExecution, StartSyncExecution, StopExecution and DescribeExecution. */
export class ExecutionApi {
  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
    private readonly targets: Targets,
    private readonly mocks?: MockConfiguration,
  ) {}

  /** Standard: idempotent by name while the execution runs with the same input. Express: every start is a new one. */
  async start(input: Input, trace?: string): Promise<Input> {
    const { execution, inputText, created } = await this.#start(this.#target(input), input, trace);
    const again = execution.status === 'RUNNING' && inputText === readInput(input).text;
    if (!created && !again) throw failures.executionExists(execution.arn);
    return { executionArn: execution.arn, startDate: new Date(execution.startedAt) };
  }

  /** Runs an Express execution to its end and answers it whole. */
  async startSync(input: Input, trace?: string): Promise<Input> {
    const target = this.#target(input);
    if (target.machine.type !== 'EXPRESS') throw failures.machineType();
    const started = await this.#start(target, input, trace);
    const ended = await this.executions.ended(started.execution.arn);
    const answer = {
      ...describeExecution(ended, started.inputText),
      outputDetails: { included: true },
      ...billing(ended),
    };
    return withIncludedData(answer, input.includedData);
  }

  async stop(input: Input): Promise<Input> {
    const arn = input.executionArn;
    parseArn(arn, 'execution');
    const error = input.error ?? undefined;
    const cause = input.cause ?? undefined;
    const outcome = await this.executions.deliver(arn, { type: 'stop', error, cause });
    if (!outcome) throw failures.executionUnknown(arn);
    return { stopDate: new Date(outcome.execution.stoppedAt ?? this.parts.clock.now()) };
  }

  async describe(input: Input): Promise<Input> {
    const arn = input.executionArn;
    const found = this.executions.find(arn);
    // Of Express executions AWS describes those that a map run started.
    parseArn(arn, 'execution', ...(found?.execution.mapRunArn === undefined ? [] : ['express' as const]));
    if (!found) throw failures.executionUnknown(arn);
    const { execution, inputText } = found;
    const answer = describeExecution(execution, inputText);
    const { redriveStatus, redriveStatusReason } = redrivability(execution, this.parts.clock.now());
    answer.stateMachineVersionArn = execution.stateMachineVersionArn;
    answer.stateMachineAliasArn = execution.stateMachineAliasArn;
    answer.redriveCount = execution.redriveCount;
    answer.redriveDate = dateOf(execution.redrivenAt);
    answer.redriveStatus = redriveStatus;
    answer.redriveStatusReason = redriveStatusReason;
    answer.mapRunArn = execution.mapRunArn;
    await this.executions.durable(arn);
    return withIncludedData(answer, input.includedData);
  }

  #target(input: Input): MockedTarget {
    const { arn, testCase } = splitTestCase(input.stateMachineArn, this.mocks);
    return { ...this.targets.route(arn), testCase };
  }

  /** @param trace of the request that starts it, which the execution pays for from now on */
  async #start({ machine, version, aliasArn, testCase }: MockedTarget, input: Input, trace: string | undefined) {
    const name = input.name === undefined || input.name === null ? randomUUID() : requireName(input);
    const { text, value } = readInput(input);
    const { identity } = this.parts;
    const arn =
      machine.type === 'EXPRESS'
        ? makeArn(identity, 'express', machine.name, name, randomUUID())
        : makeArn(identity, 'execution', machine.name, name);
    const { roleArn, revision } = version ?? machine;
    const started = await this.executions.start({
      header: {
        arn,
        name,
        type: machine.type,
        stateMachineArn: machine.arn,
        stateMachineName: machine.name,
        stateMachineVersionArn: version?.arn,
        stateMachineAliasArn: aliasArn,
        roleArn,
        traceHeader: input.traceHeader ?? undefined,
        startedAt: this.parts.clock.now(),
        input: value,
        testCase,
      },
      revision,
      inputText: text,
    });
    if (started.created) this.parts.aws.meter?.link(trace, arn);
    return started;
  }
}

/** What is started, and the test case that it is started for. */
type MockedTarget = Target & { readonly testCase?: string | undefined };

function readInput(input: Input) {
  const text: string = input.input ?? '{}';
  if (text === '') throw failures.invalidInput('Invalid execution input.');
  return { text, value: parsePayload(text, 'input', failures.invalidInput) };
}

/** What DescribeExecution, StartSyncExecution and a nested execution's result have in common. */
export function describeExecution(execution: Execution, inputText: string): Input {
  const { arn, name, stateMachineArn, status, startedAt, stoppedAt, output, error, cause, traceHeader } = execution;
  const succeeded = status === 'SUCCEEDED';
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startedAt),
    stopDate: dateOf(stoppedAt),
    input: inputText,
    inputDetails: { included: true },
    output: succeeded ? JSON.stringify(output) : undefined,
    outputDetails: succeeded ? { included: true } : undefined,
    error,
    cause,
    traceHeader,
  };
}

/** METADATA_ONLY leaves out what a customer's key would encrypt. */
function withIncludedData(answer: Input, includedData?: string): Input {
  if (includedData !== 'METADATA_ONLY') return answer;
  const { input, output, error, cause, inputDetails, outputDetails, redriveStatusReason, ...metadata } = answer;
  return {
    ...metadata,
    inputDetails: inputDetails && { included: false },
    outputDetails: outputDetails && { included: false },
  };
}

/** What AWS would bill: the duration in steps of 100 ms, and the smallest memory step. */
function billing({ startedAt, stoppedAt }: Execution): Input {
  const duration = Math.ceil(Math.max(1, (stoppedAt ?? startedAt) - startedAt) / 100) * 100;
  return { billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: duration } };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
