import { randomUUID } from 'node:crypto';
import type { Execution, ExecutionStatus } from '../../engine/types';
import type { Executions } from '../../runtime/executions';
import type { Parts } from '../parts';
import { makeArn, parseArn } from './arns';
import { LARGEST_PAYLOAD, oneOf, optionalText, pageSize, parsePayload, requireName, requireText } from './checks';
import { failures, type Input } from './errors';
import type { MachineRecord, StateMachines } from './machines';
import { positionToken, readPosition } from './paging';

/** Owns StartExecution, StartSyncExecution, StopExecution, DescribeExecution and ListExecutions. */
export class ExecutionApi {
  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
    private readonly machines: StateMachines,
  ) {}

  /** Standard: idempotent by name while the execution runs with the same input. Express: every start is a new one. */
  async start(input: Input): Promise<Input> {
    const machine = this.machines.require(input);
    const { execution, inputText, created } = await this.#start(machine, input);
    const again = execution.status === 'RUNNING' && inputText === readInput(input).text;
    if (!created && !again) throw failures.executionExists(execution.arn);
    return { executionArn: execution.arn, startDate: new Date(execution.startedAt) };
  }

  /** Runs an Express execution to its end and answers it whole. */
  async startSync(input: Input): Promise<Input> {
    const machine = this.machines.require(input);
    if (machine.type !== 'EXPRESS') throw failures.machineType();
    const started = await this.#start(machine, input);
    const ended = await this.executions.ended(started.execution.arn);
    return { ...describe(ended, started.inputText), outputDetails: { included: true }, ...billing(ended) };
  }

  async stop(input: Input): Promise<Input> {
    const arn = requireText(input, 'executionArn', { most: 256 });
    parseArn(arn, 'execution');
    const error = optionalText(input, 'error', { least: 0, most: 256 });
    const cause = optionalText(input, 'cause', { least: 0, most: 32_768 });
    const outcome = await this.executions.deliver(arn, { type: 'stop', error, cause });
    if (!outcome) throw failures.executionUnknown(arn);
    return { stopDate: new Date(outcome.execution.stoppedAt ?? this.parts.clock.now()) };
  }

  describe(input: Input): Input {
    const arn = requireText(input, 'executionArn', { most: 256 });
    parseArn(arn, 'execution');
    const found = this.executions.find(arn);
    if (!found) throw failures.executionUnknown(arn);
    const { execution, inputText } = found;
    const { redriveCount, redrivenAt, status, stateMachineVersionArn, stateMachineAliasArn } = execution;
    return {
      ...describe(execution, inputText),
      stateMachineVersionArn,
      stateMachineAliasArn,
      redriveCount,
      redriveDate: dateOf(redrivenAt),
      ...(REDRIVABLE.has(status)
        ? { redriveStatus: 'REDRIVABLE' }
        : {
            redriveStatus: 'NOT_REDRIVABLE',
            redriveStatusReason: `Execution is ${status} and cannot be redriven`,
          }),
    };
  }

  /** Newest first. */
  list(input: Input): Input {
    if (input.mapRunArn) throw failures.notYet('Map runs');
    const machine = this.machines.require(input);
    if (machine.type === 'EXPRESS') throw failures.machineType();
    const status = oneOf(input, 'statusFilter', STATUSES);
    const limit = pageSize(input);
    const listing = `ListExecutions ${machine.arn} ${status ?? ''}`;
    const query = { machine: machine.arn, status, before: readPosition(input, listing), limit: limit + 1 };
    const found = this.executions.list(query);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      executions: found.slice(0, limit).map(({ arn, name, stateMachineArn, status, startedAt, stoppedAt }) => ({
        executionArn: arn,
        stateMachineArn,
        name,
        status,
        startDate: new Date(startedAt),
        stopDate: dateOf(stoppedAt),
        redriveCount: 0,
      })),
      nextToken: last && positionToken(listing, last.row),
    };
  }

  #start(machine: MachineRecord, input: Input) {
    const name = input.name === undefined || input.name === null ? randomUUID() : requireName(input);
    const { text, value } = readInput(input);
    const { identity } = this.parts;
    const arn =
      machine.type === 'EXPRESS'
        ? makeArn(identity, 'express', machine.name, name, randomUUID())
        : makeArn(identity, 'execution', machine.name, name);
    return this.executions.start({
      header: {
        arn,
        name,
        type: machine.type,
        stateMachineArn: machine.arn,
        stateMachineName: machine.name,
        roleArn: machine.roleArn,
        startedAt: this.parts.clock.now(),
        input: value,
      },
      revision: machine.revision,
      inputText: text,
    });
  }
}

const STATUSES: ExecutionStatus[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];
const REDRIVABLE = new Set<ExecutionStatus>(['FAILED', 'TIMED_OUT', 'ABORTED']);

function readInput(input: Input) {
  const text = optionalText(input, 'input', { least: 0, most: LARGEST_PAYLOAD }) ?? '{}';
  if (text === '') throw failures.invalidInput('Invalid execution input.');
  return { text, value: parsePayload(text, 'input', failures.invalidInput) };
}

/** What DescribeExecution, StartSyncExecution and a nested execution's result have in common. */
export function describe(execution: Execution, inputText: string): Input {
  const { arn, name, stateMachineArn, status, startedAt, stoppedAt, output, error, cause } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startedAt),
    stopDate: dateOf(stoppedAt),
    input: inputText,
    inputDetails: { included: true },
    ...(status === 'SUCCEEDED' ? { output: JSON.stringify(output), outputDetails: { included: true } } : {}),
    error,
    cause,
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
