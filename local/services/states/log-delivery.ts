import { AwsError } from '../aws';
import type { Parts } from '../parts';

export interface LogRecord {
  /** Virtual ms since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogTarget {
  readonly group: string;
  readonly name: string;
}

/**
 * Owns the way of log records to CloudWatch Logs: in order within a stream, one PutLogEvents at a time, which takes all
 * that has come up meanwhile. A stream is made when it is first written to. What cannot be delivered is dropped.
 */
export class LogDelivery {
  /** What waits, by group and stream; a stream that is here is being delivered to. */
  readonly #waiting = new Map<string, LogRecord[]>();

  constructor(private readonly parts: Parts) {}

  /** Whether there is a CloudWatch Logs to deliver to. */
  get possible(): boolean {
    return this.parts.aws.get('cloudwatchlogs') !== undefined;
  }

  add(target: LogTarget, records: LogRecord[]): void {
    const key = `${target.group} ${target.name}`;
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.push(...records);
      return;
    }
    const queue = [...records];
    this.#waiting.set(key, queue);
    void this.parts.work.track(async () => {
      // Steps of the same moment share a request.
      await new Promise<void>((resolve) => setImmediate(resolve));
      while (queue.length > 0) await this.#deliver(target, takeBatch(queue));
      this.#waiting.delete(key);
    });
  }

  async #deliver(target: LogTarget, logEvents: LogRecord[]): Promise<void> {
    const request = { logGroupName: target.group, logStreamName: target.name };
    const put = () => this.#call('PutLogEvents', { ...request, logEvents });
    try {
      if (await put()) return;
      await this.#call('CreateLogStream', request);
      await put();
    } catch {
      // Best effort: the execution is not to suffer from it.
    }
  }

  /** False when there is no such stream (or group). */
  async #call(operation: string, input: object): Promise<boolean> {
    try {
      await this.parts.aws.call('cloudwatchlogs', operation, input, { via: 'states' });
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return false;
      throw error;
    }
  }
}

/** A request takes 10,000 records and 1 MiB, 26 bytes of it for each record. */
function takeBatch(queue: LogRecord[]): LogRecord[] {
  let size = 0;
  let count = 0;
  for (const { message } of queue) {
    size += Buffer.byteLength(message) + 26;
    if (count > 0 && (size > 1_048_576 || count === 10_000)) break;
    count += 1;
  }
  return queue.splice(0, count);
}
