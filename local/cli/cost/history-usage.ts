import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { addTo, meterOf, type Usage } from '../../cost/usage';
import type { AwsShape } from '../../services/aws';
import { usageOfCall } from '../../services/metering/units';

/** How a function is configured: what its GB-seconds follow from. */
export interface FunctionSize {
  readonly memoryMb: number;
  readonly architecture: 'arm64' | 'x86_64';
}

/**
 * What an execution's own tasks used, as its history shows it: each call with the parameters that it had, each function
 * for the time from its start to its end. A function that is gone by now counts with the smallest memory.
 */
export async function usageOfHistory(
  events: readonly HistoryEvent[],
  sizeOf: (functionName: string) => Promise<FunctionSize>,
): Promise<Usage> {
  const used: Record<string, number> = {};
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const event of events) {
    const started = scheduledTask(event);
    if (started && started.service !== 'lambda') addTo(used, usageOfTask(started));
    const ended = ENDS.test(event.type ?? '') ? runOf(event, byId) : undefined;
    if (ended)
      addTo(used, usageOfRun(ended.functionName, ended.ms, await sizeOf(ended.functionName).catch(() => SMALLEST)));
  }
  return used;
}

const SMALLEST: FunctionSize = { memoryMb: 128, architecture: 'x86_64' };
const ENDS = /^(LambdaFunction|Task)(Succeeded|Failed|TimedOut|Submitted|SubmitFailed)$/;

interface Task {
  /** As registered in the local cloud: 's3', 'sfn', … */
  readonly service: string;
  /** 'PutObject' */
  readonly operation: string;
  readonly input: AwsShape;
}

function scheduledTask({ type, taskScheduledEventDetails: details }: HistoryEvent): Task | undefined {
  if (type !== 'TaskScheduled' || !details) return undefined;
  const { resourceType = '', resource = '', parameters = '{}' } = details;
  const action = resource.replace(/\.(waitForTaskToken|sync(:2)?)$/, '');
  const service = resourceType.replace(/^aws-sdk:/, '');
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  return { service: SERVICES[service] ?? service, operation, input: objectOf(parameters) };
}

/** What a history holds is JSON, unless it was too long for it. */
function objectOf(text: string): AwsShape {
  try {
    const value: unknown = JSON.parse(text);
    return isPlain(value) ? value : {};
  } catch {
    return {};
  }
}

/** Optimised integrations whose service the SDK calls otherwise. */
const SERVICES: Readonly<Record<string, string>> = { events: 'eventbridge', states: 'sfn' };

function usageOfTask({ service, operation, input }: Task): Usage {
  const call = { [meterOf('call', `>${service}.${operation}`)]: 1 };
  return {
    ...call,
    ...(service === 'dynamodb' ? usageOfTable(operation, input) : usageOfCall(service, operation, asText(input))),
  };
}

/** Members that a state machine gives as JSON are sent as text. */
function asText(input: AwsShape): AwsShape {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const isText = ['MessageBody', 'Message', 'Detail'].includes(name) && typeof value === 'object';
      if (isText) return [name, JSON.stringify(value)];
      return [name, Array.isArray(value) ? value.map((item) => (isPlain(item) ? asText(item) : item)) : value];
    }),
  );
}

function isPlain(value: unknown): value is AwsShape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** By the size of what was sent: how large the item is that was there, and its indexes, is not in the history. */
function usageOfTable(operation: string, input: AwsShape): Usage {
  const kilobytes = Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(input.Item ?? {})) / 1024));
  if (/^(Put|Update|Delete)Item$/.test(operation)) return { 'dynamodb.write': kilobytes };
  if (operation === 'TransactWriteItems') return { 'dynamodb.write': 2 * (input.TransactItems?.length ?? 1) };
  if (operation === 'TransactGetItems') return { 'dynamodb.read': 2 * (input.TransactItems?.length ?? 1) };
  if (/^(GetItem|Query|Scan|BatchGetItem)$/.test(operation)) return { 'dynamodb.read': input.ConsistentRead ? 1 : 0.5 };
  return {};
}

/** The run of a function that ends with this event: back over its start to where it was scheduled. */
function runOf(end: HistoryEvent, byId: Map<number | undefined, HistoryEvent>) {
  let event = byId.get(end.previousEventId);
  let startedAt: number | undefined;
  while (event) {
    if (/Started$/.test(event.type ?? '')) startedAt = event.timestamp?.getTime();
    const arn = event.lambdaFunctionScheduledEventDetails?.resource;
    const task = scheduledTask(event);
    const name: unknown =
      arn ?? (task?.service === 'lambda' && task.operation === 'Invoke' ? task.input.FunctionName : undefined);
    if (typeof name === 'string') {
      const ms = (end.timestamp?.getTime() ?? 0) - (startedAt ?? event.timestamp?.getTime() ?? 0);
      // One that submitted a task has run already when the task ends.
      return end.type === 'TaskSucceeded' && isSubmitted(end, byId) ? undefined : { functionName: name, ms };
    }
    if (task || /StateEntered$/.test(event.type ?? '')) return undefined;
    event = byId.get(event.previousEventId);
  }
  return undefined;
}

function isSubmitted({ previousEventId }: HistoryEvent, byId: Map<number | undefined, HistoryEvent>): boolean {
  return byId.get(previousEventId)?.type === 'TaskSubmitted';
}

function usageOfRun(functionName: string, duration: number, { memoryMb, architecture }: FunctionSize): Usage {
  const name = functionName.replace(/^arn:.*:function:/, '');
  const ms = Math.max(1, Math.ceil(duration));
  return {
    [meterOf('call', '>lambda.Invoke')]: 1,
    [meterOf('lambda.requests', name)]: 1,
    [meterOf('lambda.ms', name)]: ms,
    [meterOf(`lambda.${architecture}.mbms`, name)]: memoryMb * ms,
  };
}
