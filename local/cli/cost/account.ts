import type { HistoryEvent as SdkEvent } from '@aws-sdk/client-sfn';
import type { Observation } from '../../cost/execution';
import { type CostEvent, costOfHistory, usageOfTrigger } from '../../cost/history';
import { sumOf } from '../../cost/usage';
import { CommandFailure } from '../command';
import { bytesOf } from './events';
import { type FunctionSize, usageOfHistory } from './history-usage';
import type { Source } from './source';

/**
 * Owns the executions of an AWS account: what Step Functions keeps of them and how their functions are configured, read
 * by AWS's own SDK with the credentials and the region that it finds.
 *
 * Only Standard executions have a history there. What a function does by itself is in no history: see `NOT_SEEN`.
 */
export function accountSource(): Source & { close(): void } {
  // Loaded only here: the other commands start without it.
  const states = require('@aws-sdk/client-sfn') as typeof import('@aws-sdk/client-sfn');
  const lambda = require('@aws-sdk/client-lambda') as typeof import('@aws-sdk/client-lambda');
  const sfn = new states.SFNClient({});
  const functions = new lambda.LambdaClient({});
  const sizes = new Map<string, Promise<FunctionSize>>();

  const sizeOf = (name: string): Promise<FunctionSize> => {
    const known = sizes.get(name) ?? functionSize(name);
    sizes.set(name, known);
    return known;
  };
  const functionSize = async (FunctionName: string): Promise<FunctionSize> => {
    const answer = await functions.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }));
    const { MemorySize: memoryMb = 128, Architectures = ['x86_64'] } = answer;
    return { memoryMb, architecture: Architectures[0] === 'arm64' ? 'arm64' : 'x86_64' };
  };

  return {
    async workflows() {
      const found = [];
      for await (const page of states.paginateListStateMachines({ client: sfn }, {})) {
        found.push(...(page.stateMachines ?? []));
      }
      return found.map(({ name = '', stateMachineArn: arn = '', type = 'STANDARD' }) => ({ name, arn, type }));
    },
    async executions(stateMachineArn, last) {
      const found = [];
      try {
        for await (const page of states.paginateListExecutions({ client: sfn }, { stateMachineArn })) {
          found.push(...(page.executions ?? []));
          if (found.length >= last) break;
        }
      } catch (error) {
        if ((error as Error).name === 'StateMachineTypeNotSupported') return [];
        throw error;
      }
      return found.slice(0, last).map(({ executionArn: arn = '', name = '', status = '' }) => ({ arn, name, status }));
    },
    async observe(executionArn): Promise<Observation | undefined> {
      if (executionArn.includes(':express:')) throw new CommandFailure(NO_EXPRESS);
      try {
        const execution = await sfn.send(new states.DescribeExecutionCommand({ executionArn }));
        const machine = await sfn.send(new states.DescribeStateMachineForExecutionCommand({ executionArn }));
        const events: SdkEvent[] = [];
        for await (const page of states.paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
          events.push(...(page.events ?? []));
        }
        const ended = execution.stopDate?.getTime() ?? Date.now();
        return {
          executionArn,
          stateMachineName: machine.name ?? '',
          type: 'STANDARD',
          status: execution.status ?? '',
          elapsedMs: ended - (execution.startDate?.getTime() ?? ended),
          ...costOfHistory(events.map(toCostEvent)),
          definitionBytes: bytesOf(machine.definition),
          tracing: machine.tracingConfiguration?.enabled === true,
          usage: sumOf([await usageOfHistory(events, sizeOf), usageOfTrigger(execution.input ?? '')]),
        };
      } catch (error) {
        if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
    close() {
      sfn.destroy();
      functions.destroy();
    },
  };
}

const NO_EXPRESS =
  'AWS keeps no history of Express executions. Run the workflow on the local cloud, or see the metrics ' +
  'ExpressExecutionBilledDuration and ExpressExecutionBilledMemory of the state machine.';

/** What an account's histories do not tell. */
export const NOT_SEEN = [
  'What functions read, write, send and log by themselves is not in a history: it is not counted.',
  'A function’s duration is the time between its start and its end in the history, a little more than it is billed.',
  'Requests of people that answered a task, and executions of distributed Map states, are not counted.',
];

function toCostEvent(event: SdkEvent): CostEvent {
  const { id = 0, previousEventId = 0, type = '', timestamp } = event;
  const details = detailsOf(event);
  const { resource } = details;
  return {
    id,
    previousEventId,
    type,
    timestamp: timestamp?.getTime() ?? 0,
    dataBytes: Math.max(bytesOf(details.input), bytesOf(details.output)),
    ...(typeof resource === 'string' && { resource }),
  };
}

/** The one member `…EventDetails` that an event has. */
function detailsOf(event: SdkEvent): Record<string, unknown> {
  const found = Object.entries(event).find(([name, value]) => name.endsWith('EventDetails') && value !== undefined);
  return (found?.[1] ?? {}) as Record<string, unknown>;
}
