import { createHash } from 'node:crypto';
import type { JsonObject } from '../../asl/json';
import type { Execution, HistoryEvent, Outcome } from '../../engine/types';
import { executionTrace } from '../metering/trace';
import { logEventSize } from '../metering/units';
import type { Parts } from '../parts';
import { LogDelivery, type LogRecord } from './log-delivery';
import { logGroupOf } from './logging';

/**
 * Owns what of an execution's history is written to CloudWatch Logs: its events by the level of its LoggingConfiguration,
 * in AWS's record format (docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html). Best effort, as on AWS: nothing
 * waits for it, and what is under way when the process dies is lost.
 */
export class ExecutionLog {
  readonly #delivery: LogDelivery;
  readonly #byRevision = new Map<string, Logging>();

  constructor(
    private readonly parts: Parts,
    /** The revision that an execution runs, and the configuration that belongs to one. */
    private readonly revisionOf: (executionArn: string) => string | undefined,
    private readonly configurationOf: (revision: string) => JsonObject,
  ) {
    this.#delivery = new LogDelivery(parts);
  }

  /** Writes what a step recorded. */
  record({ execution, events }: Outcome): void {
    if (events.length === 0 || !this.#delivery.possible) return;
    const revision = this.revisionOf(execution.arn);
    const { group, level, withData } = revision === undefined ? OFF : this.#logging(revision);
    if (!group) return;
    const records = events.filter(({ type }) => isLogged(type, level));
    if (records.length === 0) return;
    const stream = { group, name: streamOf(execution) };
    const written = records.map((event) => toRecord(event, execution, withData));
    this.#delivery.add(stream, written);
    const bytes = written.reduce((sum, { message }) => sum + logEventSize(message), 0);
    this.parts.aws.meter?.use(executionTrace(execution.arn), { 'logs.bytes': bytes });
  }

  #logging(revision: string): Logging {
    let logging = this.#byRevision.get(revision);
    if (!logging) {
      const configuration = this.configurationOf(revision);
      const level = configuration.level as Level;
      const group = level === 'OFF' ? undefined : logGroupOf(configuration);
      logging = { group, level, withData: configuration.includeExecutionData === true };
      if (this.#byRevision.size >= MOST_REVISIONS) this.#byRevision.clear();
      this.#byRevision.set(revision, logging);
    }
    return logging;
  }
}

type Level = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

interface Logging {
  /** Undefined when nothing is logged. */
  readonly group: string | undefined;
  readonly level: Level;
  readonly withData: boolean;
}

const OFF: Logging = { group: undefined, level: 'OFF', withData: false };

/** As many configurations are kept in memory. */
const MOST_REVISIONS = 1000;

/** The table of levels in AWS's guide, by the pattern that it follows. */
function isLogged(type: string, level: Level): boolean {
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return /(Failed|TimedOut|Aborted)$/.test(type) || type === 'FailStateEntered';
    case 'FATAL':
      return /^Execution(Failed|TimedOut|Aborted)$/.test(type);
    case 'OFF':
      return false;
  }
}

/** All executions of a state machine that start in the same minute share a stream. */
function streamOf({ stateMachineArn, stateMachineName, startedAt }: Execution): string {
  const minute = new Date(startedAt).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  const id = createHash('sha256').update(`${stateMachineArn} ${minute}`).digest('hex').slice(0, 8);
  return `states/${stateMachineName}/${minute}/${id}`;
}

/** Numbers are texts, as everywhere in these records. */
function toRecord(event: HistoryEvent, { arn, redriveCount }: Execution, withData: boolean): LogRecord {
  const message = JSON.stringify({
    id: String(event.id),
    type: event.type,
    details: withData ? truncated(event.details ?? {}) : withoutData(event.details ?? {}),
    redrive_count: String(redriveCount),
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(event.timestamp),
    execution_arn: arn,
  });
  return { timestamp: event.timestamp, message };
}

function withoutData({ input, output, parameters, inputDetails, outputDetails, ...details }: JsonObject): JsonObject {
  return details;
}

/** Bytes of escaped JSON text. */
const LARGEST_DATA = 248 * 1024;

/** Input and output that are longer than CloudWatch Logs takes are cut, and marked. */
function truncated(details: JsonObject): JsonObject {
  let cut = details;
  for (const member of ['input', 'output'] as const) {
    const text = details[member];
    if (typeof text !== 'string') continue;
    const size = Buffer.byteLength(JSON.stringify(text));
    if (size <= LARGEST_DATA) continue;
    const kept = text.slice(0, Math.floor((text.length * LARGEST_DATA) / size));
    cut = { ...cut, [member]: kept, [`${member}Details`]: { truncated: true } };
  }
  return cut;
}
