import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionSource } from './execution-source';
import type { Happening } from './timeline';

/** An execution as the demo's document shows it. */
export interface ExecutionSummary {
  readonly workflow: string;
  readonly name: string;
  readonly status: string;
  /** State transitions as Standard workflows are billed: every state entered, and every retry. */
  readonly transitions: number;
  readonly virtualSeconds: number;
}

interface Followed {
  readonly arn: string;
  readonly name: string;
  events: HistoryEvent[];
}

/**
 * Follows all executions of one workflow, and tells what is new in words. The state machines' state names say what
 * happens, so a name in plain words is the sentence.
 */
export class Follower {
  readonly #executions = new Map<string, Followed>();

  constructor(
    readonly workflow: string,
    private readonly source: ExecutionSource,
  ) {}

  /** What has happened since the last call, oldest first. */
  async news(): Promise<Happening[]> {
    const happenings: Happening[] = [];
    for (const { executionArn = '', name = '' } of await this.source.list()) {
      const followed = this.#executions.get(executionArn) ?? { arn: executionArn, name, events: [] };
      this.#executions.set(executionArn, followed);
      const known = followed.events.length;
      followed.events = await this.source.history(executionArn);
      happenings.push(...followed.events.slice(known).flatMap((event) => tell(this.workflow, event, followed.events)));
    }
    return happenings.sort((a, b) => a.at - b.at);
  }

  async summaries(): Promise<ExecutionSummary[]> {
    const described = [...this.#executions.values()].map(async ({ arn, name, events }) => {
      const { status = '', startDate, stopDate } = await this.source.describe(arn);
      return {
        started: startDate?.getTime() ?? 0,
        summary: {
          workflow: this.workflow,
          name,
          status,
          transitions: transitions(events),
          virtualSeconds: stopDate && startDate ? (stopDate.getTime() - startDate.getTime()) / 1000 : 0,
        },
      };
    });
    return (await Promise.all(described)).sort((a, b) => a.started - b.started).map(({ summary }) => summary);
  }

  /** The names of the states that an execution entered, in order. */
  path(name: string): string[] {
    const followed = [...this.#executions.values()].find((execution) => execution.name === name);
    return (followed?.events ?? []).flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  }

  /** The executions seen so far, oldest first. */
  names(): string[] {
    return [...this.#executions.values()].sort((a, b) => at(a.events[0]) - at(b.events[0])).map(({ name }) => name);
  }

  history(name: string): HistoryEvent[] {
    return [...this.#executions.values()].find((execution) => execution.name === name)?.events ?? [];
  }
}

const TASK_SCHEDULED = new Set(['TaskScheduled', 'LambdaFunctionScheduled', 'ActivityScheduled']);

function transitions(events: readonly HistoryEvent[]): number {
  const entered = events.filter((event) => event.stateEnteredEventDetails).length;
  const retried = events.filter((event) => TASK_SCHEDULED.has(event.type ?? '') && !followsEntry(event, events)).length;
  return entered + retried;
}

/** A task scheduled first follows its state's Entered event; one that follows anything else is a retry. */
function followsEntry(event: HistoryEvent, events: readonly HistoryEvent[]): boolean {
  return events[(event.previousEventId ?? 0) - 1]?.stateEnteredEventDetails !== undefined;
}

function tell(workflow: string, event: HistoryEvent, events: readonly HistoryEvent[]): Happening[] {
  const type = event.type ?? '';
  const say = (text: string, tone: Happening['tone'] = 'plain', details: string[] = []): Happening[] => [
    { at: at(event), workflow, text, tone, details },
  ];
  const name = event.stateEnteredEventDetails?.name;
  if (name) return /^(Task|Wait|Parallel|Fail|Succeed)/.test(type) ? say(inWords(name)) : [];
  if (TASK_SCHEDULED.has(type) && !followsEntry(event, events)) return say('Tries again');
  const failure =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.activityFailedEventDetails ??
    event.activityTimedOutEventDetails;
  if (failure) return say(`Fails with ${failure.error}`, 'bad');
  if (type === 'ExecutionSucceeded') return say('Execution succeeded', 'good');
  if (/^Execution(Failed|TimedOut|Aborted)$/.test(type)) {
    const { error, cause } = event.executionFailedEventDetails ?? event.executionAbortedEventDetails ?? {};
    return say(
      `Execution ${type.slice('Execution'.length).toLowerCase()}${error ? `: ${error}` : ''}`,
      'bad',
      cause ? [cause] : [],
    );
  }
  return [];
}

function at(event: HistoryEvent | undefined): number {
  return event?.timestamp?.getTime() ?? 0;
}

/** 'RemindReader' -> 'Remind reader'. */
function inWords(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
