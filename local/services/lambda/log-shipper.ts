import { AwsError } from '../aws';
import type { Parts } from '../parts';
import type { LogLine } from './messages';

/** AWS takes at most this many events in one call of PutLogEvents. */
const BATCH = 1000;

interface Stream {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly lines: LogLine[];
}

/**
 * Owns the way of log lines to CloudWatch Logs: what is written in one turn of the event loop goes in one batch for
 * each stream, in the order in which it was written. Counted as work until it is there.
 */
export class LogShipper {
  readonly #pending = new Map<string, Stream>();
  readonly #made = new Set<string>();
  #shipping = false;

  constructor(private readonly parts: Parts) {}

  write(logGroupName: string, logStreamName: string, lines: readonly LogLine[]): void {
    if (!this.parts.aws.get('cloudwatchlogs')) return;
    const key = `${logGroupName}\n${logStreamName}`;
    const stream = this.#pending.get(key) ?? { logGroupName, logStreamName, lines: [] };
    this.#pending.set(key, stream);
    stream.lines.push(...lines);
    if (this.#shipping) return;
    this.#shipping = true;
    void this.parts.work.track(() => this.#ship());
  }

  async #ship(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#pending.size > 0) {
      const streams = [...this.#pending.values()];
      this.#pending.clear();
      for (const stream of streams) {
        // A function's work must not fail because its log could not be kept.
        await this.#put(stream).catch((error) => process.emitWarning(`Log lines were lost: ${error}`));
      }
    }
    this.#shipping = false;
  }

  async #put({ logGroupName, logStreamName, lines }: Stream): Promise<void> {
    await this.#make('CreateLogGroup', { logGroupName });
    await this.#make('CreateLogStream', { logGroupName, logStreamName });
    for (let from = 0; from < lines.length; from += BATCH) {
      const logEvents = lines
        .slice(from, from + BATCH)
        .map(({ at, text }) => ({ timestamp: at, message: `${text}\n` }));
      await this.#call('PutLogEvents', { logGroupName, logStreamName, logEvents });
    }
  }

  async #make(operation: string, input: Record<string, string>): Promise<void> {
    const key = JSON.stringify(input);
    if (this.#made.has(key)) return;
    try {
      await this.#call(operation, input);
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ResourceAlreadyExistsException')) throw error;
    }
    this.#made.add(key);
  }

  #call(operation: string, input: Record<string, unknown>): Promise<unknown> {
    return this.parts.aws.call('cloudwatchlogs', operation, input, { via: 'lambda' });
  }
}
