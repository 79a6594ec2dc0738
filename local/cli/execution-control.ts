import type { Cloud } from '../assembly/cloud';
import type { ControlCommands } from '../console/control';

/** How an execution stands; AWS tells this of Standard executions only. */
export interface ExecutionReport {
  readonly status: string;
  /** JSON text, when it succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Virtual ms from its start to its end; given when it has ended, as its steps are. */
  readonly elapsedMs?: number;
  readonly steps?: readonly Step[];
}

/** A state that was entered. */
export interface Step {
  readonly name: string;
  /** How often its task was begun; 0 when it has none. */
  readonly tries: number;
}

/** The command by which `stepwright run` asks a running local cloud what became of an execution, of Express ones too. */
export function executionControl({ services }: Cloud): ControlCommands {
  const { own } = services.states;
  return {
    async execution({ executionArn }) {
      const found = typeof executionArn === 'string' ? own.describe(executionArn) : undefined;
      if (!found) throw new Error(`there is no execution ${executionArn}.`);
      const { status, output, error, cause, startDate, stopDate } = found;
      const report = { status, output, error, cause };
      if (!(stopDate instanceof Date)) return report;
      return {
        ...report,
        elapsedMs: stopDate.getTime() - (startDate as Date).getTime(),
        steps: stepsOf(own.history(executionArn as string)),
      };
    },
  };
}

/** The states in the order in which they were entered, from a history in the shape of GetExecutionHistory. */
export function stepsOf(events: ReadonlyArray<Record<string, unknown>>): Step[] {
  const steps: Array<{ name: string; tries: number }> = [];
  // By the id of an event, the step that it belongs to.
  const stepOf = new Map<unknown, { name: string; tries: number } | undefined>();
  for (const { id, previousEventId, type, stateEnteredEventDetails } of events) {
    const entered = stateEnteredEventDetails as { name: string } | undefined;
    const step = entered ? { name: entered.name, tries: 0 } : stepOf.get(previousEventId);
    if (entered && step) steps.push(step);
    else if (step && /^(Task|Activity|LambdaFunction)Scheduled$/.test(String(type))) step.tries += 1;
    stepOf.set(id, step);
  }
  return steps;
}
