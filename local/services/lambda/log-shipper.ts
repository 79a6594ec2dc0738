import { AwsError } from '../aws';
import type { Parts } from '../parts';
import type { RoleSession } from '../role-session';
import type { LogLine } from './messages';

/** What AWS takes in one call of PutLogEvents, with room to spare for characters of several bytes. */
const BATCH = { lines: 1000, characters: 250_000, spanMs: 24 * 60 * 60 * 1000 };

interface Stream {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** The function's: Lambda writes its log with it. */
  readonly role: RoleSession | undefined;
  readonly lines: LogLine[];
}

/**
 * Owns the way of log lines to CloudWatch Logs: what is written in two turns of the event loop goes together for each
 * stream, in the order of time. Counted as work until it is there.
 */
export class LogShipper {
  readonly #pending = new Map<string, Stream>();
  readonly #made = new Set<string>();
  #shipping: Promise<void> | undefined;

  constructor(private readonly parts: Parts) {}

  write(logGroupName: string, logStreamName: string, lines: readonly LogLine[], role?: RoleSession): void {
    if (!this.parts.aws.get('cloudwatchlogs')) return;
    const key = `${logGroupName}\n${logStreamName}`;
    const stream = this.#pending.get(key) ?? { logGroupName, logStreamName, role, lines: [] };
    this.#pending.set(key, stream);
    stream.lines.push(...lines);
    this.#shipping ??= this.parts.work.track(() => this.#ship());
  }

  /** Resolves when everything written until now has been handed over. */
  async drain(): Promise<void> {
    await this.#shipping;
  }

  async #ship(): Promise<void> {
    while (this.#pending.size > 0) {
      // First what the function's answer sets off is written and on its way to the disk.
      await turn();
      await turn();
      const streams = [...this.#pending.values()];
      this.#pending.clear();
      for (const stream of streams) {
        // A function's work must not fail because its log could not be kept.
        await this.#put(stream).catch((error) => {
          // A role that may not write logs is told of once, as all that roles lack.
          const isDenied = error instanceof AwsError && error.code === 'AccessDeniedException';
          if (!isDenied) process.emitWarning(`Log lines were lost: ${error}`);
        });
      }
    }
    this.#shipping = undefined;
  }

  async #put({ logGroupName, logStreamName, role, lines }: Stream): Promise<void> {
    const names = { logGroupName, logStreamName };
    for (const batch of batchesOf(lines)) {
      const logEvents = batch.map(({ at, text }) => ({ timestamp: at, message: text }));
      await this.#makeStream(names, role);
      try {
        await this.#call('PutLogEvents', { ...names, logEvents }, role);
      } catch (error) {
        if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error;
        // Somebody has deleted it; on AWS, too, there is a new one then.
        this.#made.clear();
        await this.#makeStream(names, role);
        await this.#call('PutLogEvents', { ...names, logEvents }, role);
      }
    }
  }

  /** A role need not be allowed to make a group: most are there before. */
  async #makeStream(
    { logGroupName, logStreamName }: Pick<Stream, 'logGroupName' | 'logStreamName'>,
    role: RoleSession | undefined,
  ): Promise<void> {
    await this.#make('CreateLogGroup', { logGroupName });
    await this.#make('CreateLogStream', { logGroupName, logStreamName }, role);
  }

  async #make(operation: string, input: Record<string, string>, role?: RoleSession): Promise<void> {
    const key = JSON.stringify(input);
    if (this.#made.has(key)) return;
    try {
      await this.#call(operation, input, role);
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ResourceAlreadyExistsException')) throw error;
    }
    this.#made.add(key);
  }

  #call(operation: string, input: Record<string, unknown>, role?: RoleSession): Promise<unknown> {
    return this.parts.aws.call('cloudwatchlogs', operation, input, { via: 'lambda', role });
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Lines as batches that AWS takes: in the order of time, cut where a batch would be too much or too long. */
function batchesOf(lines: readonly LogLine[]): LogLine[][] {
  const batches: LogLine[][] = [];
  let characters = 0;
  // A worker's lines may come after what was noted here later.
  for (const line of lines.flatMap(pieces).sort((a, b) => a.at - b.at)) {
    const batch = batches.at(-1);
    const fits =
      batch !== undefined &&
      batch.length < BATCH.lines &&
      characters + line.text.length <= BATCH.characters &&
      line.at - (batch[0] as LogLine).at < BATCH.spanMs;
    if (fits) batch.push(line);
    else batches.push([line]);
    characters = (fits ? characters : 0) + line.text.length;
  }
  return batches;
}

/** A line as log events, which end in a line break on AWS; a very long one is several. */
function pieces({ at, text }: LogLine): LogLine[] {
  const ended = `${text}\n`;
  if (ended.length <= BATCH.characters) return [{ at, text: ended }];
  const count = Math.ceil(ended.length / BATCH.characters);
  return Array.from({ length: count }, (_, part) => ({
    at,
    text: ended.slice(part * BATCH.characters, (part + 1) * BATCH.characters),
  }));
}
