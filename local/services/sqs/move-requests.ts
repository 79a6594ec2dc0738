import { isObject } from '../../asl/json';
import { AwsError, type AwsShape } from '../aws';
import { isFifo } from '../fifo/ids';
import { type Queue, type Queues, redrive } from './queues';

/** What a task is to move, from where, to where. */
export interface MoveRequest {
  readonly sourceArn: string;
  /** Each to where it came from, when left out. */
  readonly destinationArn?: string;
  /** Messages, where the request names a number. */
  readonly perSecond?: number;
}

/**
 * Owns what a StartMessageMoveTask request may ask for, and what a task's handle names.
 * @throws AwsError InvalidParameterValue, MissingParameter, ResourceNotFoundException
 */
export function moveRequest(input: AwsShape, queues: Queues): MoveRequest & { readonly source: Queue } {
  const source = queues.byArn('SourceArn', input.SourceArn);
  if (!queues.list().some((queue) => redrive(queue)?.deadLetterTargetArn === source.arn)) {
    throw invalid('Source queue must be configured as a Dead Letter Queue.');
  }
  const destination = isGiven(input.DestinationArn) ? queues.byArn('DestinationArn', input.DestinationArn) : undefined;
  if (destination?.arn === source.arn) {
    throw invalid('Source queue arn and destination queue arn cannot be the same.');
  }
  if (destination && isFifo(destination.name) !== isFifo(source.name)) {
    throw invalid('The source queue and destination queue must be of the same queue type.');
  }
  const perSecond = isGiven(input.MaxNumberOfMessagesPerSecond)
    ? Number(input.MaxNumberOfMessagesPerSecond)
    : undefined;
  if (perSecond !== undefined && !(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 500)) {
    const reason = "You must enter a number that's between 1 and 500.";
    throw invalid(`Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: ${reason}`);
  }
  return {
    source,
    sourceArn: source.arn,
    ...(destination && { destinationArn: destination.arn }),
    ...(perSecond !== undefined && { perSecond }),
  };
}

/** @throws AwsError InvalidParameterValue */
export function taskOfHandle(handle: unknown): { taskId: string; sourceArn: string } {
  if (!isGiven(handle)) throw new AwsError('MissingParameter', 'The request must contain the parameter TaskHandle.');
  try {
    const named: unknown = JSON.parse(Buffer.from(String(handle), 'base64').toString());
    if (isObject(named) && typeof named.taskId === 'string' && typeof named.sourceArn === 'string') {
      return { taskId: named.taskId, sourceArn: named.sourceArn };
    }
  } catch {
    // It is none, as what follows says.
  }
  throw invalid('Value for parameter TaskHandle is invalid.');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
