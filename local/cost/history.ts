import type { Usage } from './usage';

/**
 * Owns what an execution's history tells of its cost. Pure; the events are GetExecutionHistory's, from wherever.
 */
export interface CostEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** ms since the epoch. */
  readonly timestamp: number;
  /** Bytes of the input or output that it carries. */
  readonly dataBytes: number;
  /** Of `TaskScheduled`. */
  readonly resource?: string;
  readonly resourceType?: string;
  /** Of a function's call: its ARN or name. */
  readonly functionName?: string;
}

export interface HistoryCost {
  /** States entered, retries and redrives. */
  readonly transitions: number;
  readonly retries: number;
  /** Of the largest input or output. */
  readonly dataBytes: number;
  /** Branches and items that Parallel and Map states began. */
  readonly branches: number;
  /** What it did that Express cannot, each once. */
  readonly standardOnly: readonly StandardOnly[];
}

/** What Express cannot do: wait for a task token, a job (`.sync`) or an activity, run a distributed Map. */
export type StandardOnly = 'token' | 'job' | 'activity' | 'distributedMap';

/**
 * "Step Functions counts a state transition each time a step of your workflow is executed", retries included
 * (aws.amazon.com/step-functions/pricing), and one for a redrive (docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html).
 * A state is entered once; a retry schedules its task, or begins its branches, once more: then the event before it is
 * not the state's entering.
 */
export function costOfHistory(events: readonly CostEvent[]): HistoryCost {
  const types = new Map(events.map(({ id, type }) => [id, type]));
  let entered = 0;
  let retries = 0;
  let dataBytes = 0;
  let branches = 0;
  const standardOnly = new Set<StandardOnly>();
  for (const event of events) {
    dataBytes = Math.max(dataBytes, event.dataBytes);
    if (event.type.endsWith('StateEntered') || event.type === 'ExecutionRedriven') entered += 1;
    else if (BEGINS.has(event.type) && !types.get(event.previousEventId)?.endsWith('StateEntered')) retries += 1;
    if (event.type === 'MapIterationStarted') branches += 1;
    if (event.type === 'ParallelStateStarted') branches += branchesOf(event, events);
    const only = standardOnlyOf(event);
    if (only) standardOnly.add(only);
  }
  return { transitions: entered + retries, retries, dataBytes, branches, standardOnly: [...standardOnly] };
}

const BEGINS = new Set([
  'TaskScheduled',
  'LambdaFunctionScheduled',
  'ActivityScheduled',
  'ParallelStateStarted',
  'MapStateStarted',
]);

/** The first state of each branch follows the Parallel's beginning. */
function branchesOf({ id }: CostEvent, events: readonly CostEvent[]): number {
  return events.filter(({ previousEventId, type }) => previousEventId === id && type.endsWith('StateEntered')).length;
}

function standardOnlyOf({ type, resource = '' }: CostEvent): StandardOnly | undefined {
  if (type === 'ActivityScheduled') return 'activity';
  if (type === 'MapRunStarted') return 'distributedMap';
  if (type !== 'TaskScheduled') return undefined;
  if (resource.endsWith('.waitForTaskToken')) return 'token';
  return /\.sync(:2)?$/.test(resource) ? 'job' : undefined;
}

/**
 * What was used to set an execution off, as far as its input shows it: an event that an EventBridge rule passed on was
 * put on the bus, which costs unless it is AWS's own.
 */
export function usageOfTrigger(inputText: string): Usage {
  let input: Record<string, unknown>;
  try {
    input = JSON.parse(inputText);
  } catch {
    return {};
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return {};
  const isEvent = ['id', 'detail-type', 'source', 'account', 'time', 'region', 'detail'].every((name) => name in input);
  if (!isEvent || String(input.source).startsWith('aws.')) return {};
  return { 'events.custom': Math.max(1, Math.ceil(Buffer.byteLength(inputText) / (64 * 1024))) };
}
