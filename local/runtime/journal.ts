import { createHash } from 'node:crypto';
import type { Json } from '../asl/json';
import type { Execution, ExecutionStatus, HistoryEvent } from '../engine/types';
import type { Store } from './store';

/**
 * Owns what is stored of executions: their rows, their histories, and the revisions of definitions that they run.
 *
 * J1  A step is one transaction: the row and the chunk of history that it made are written together (promise B: a
 *     transition is on disk once or not at all, and ids have no gaps).
 * J2  What is fixed at the start is written once; a step writes what changed and its events, whatever the history's length.
 * J3  A revision is stored once, by the hash of its content, and is never changed: a running execution keeps the one
 *     that it started with.
 */
export class Journal {
  constructor(private readonly store: Store) {
    store.schema(SCHEMA);
  }

  /** Stores a definition and what belongs to it; answers the key to find it by. */
  putRevision(body: RevisionBody): string {
    const text = JSON.stringify(body);
    const hash = createHash('sha256').update(text).digest('base64url');
    this.store.run('INSERT INTO revisions (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING', hash, text);
    return hash;
  }

  revision(hash: string): RevisionBody {
    const row = this.store.get<{ body: string }>('SELECT body FROM revisions WHERE hash = ?', hash);
    if (!row) throw new Error(`The store has no revision ${hash}.`);
    return JSON.parse(row.body);
  }

  /** Records the first step of an execution; answers the number that its row goes by. */
  insert(execution: Execution, revision: string, inputText: string, nextDue?: number): { row: number; size: number } {
    const { arn, stateMachineArn, name, type, status, startedAt, stoppedAt } = execution;
    const state = stateText(execution);
    const row = this.store.run(
      `INSERT INTO executions (arn, machine, name, type, status, started_at, stopped_at, next_due, revision, input, header, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      arn,
      stateMachineArn,
      name,
      type,
      status,
      startedAt,
      stoppedAt ?? null,
      nextDue ?? null,
      revision,
      inputText,
      headerText(execution),
      state,
    );
    return { row, size: state.length + inputText.length };
  }

  /** Records what a step made of an execution; answers the size of what was written. */
  update(row: number, execution: Execution, nextDue?: number): number {
    const state = stateText(execution);
    this.store.run(
      'UPDATE executions SET status = ?, stopped_at = ?, next_due = ?, state = ? WHERE row = ?',
      execution.status,
      execution.stoppedAt ?? null,
      nextDue ?? null,
      state,
      row,
    );
    return state.length;
  }

  /** Appends the events of one step. */
  append(row: number, events: HistoryEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return;
    this.store.run(
      'INSERT INTO history (execution, first_id, last_id, events) VALUES (?, ?, ?, ?)',
      row,
      first.id,
      last.id,
      JSON.stringify(events),
    );
  }

  find(arn: string): StoredExecution | undefined {
    const row = this.store.get<Row>('SELECT * FROM executions WHERE arn = ?', arn);
    return row && fromRow(row);
  }

  /** The arns of the executions that have not ended, in the order of their starts. */
  running(): string[] {
    return this.store
      .all<{ arn: string }>("SELECT arn FROM executions WHERE status = 'RUNNING' ORDER BY row")
      .map((row) => row.arn);
  }

  /** Executions of a state machine, newest first. */
  list({ machine, version, alias, mapRun, status, redriven, before, limit }: ListQuery): ListedExecution[] {
    const conditions = ['machine = ?'];
    const values: unknown[] = [machine];
    const where = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where("header ->> '$.stateMachineVersionArn' = ?", version);
    where("header ->> '$.stateMachineAliasArn' = ?", alias);
    where("header ->> '$.mapRunArn' = ?", mapRun);
    where('status = ?', status);
    where("(state ->> '$.redriveCount' > 0) = ?", redriven === undefined ? undefined : Number(redriven));
    where('row < ?', before);
    return this.store
      .all<ListedRow>(
        `SELECT row, arn, machine, name, status, started_at, stopped_at, header,
           state ->> '$.redriveCount' AS redrive_count, state ->> '$.redrivenAt' AS redriven_at FROM executions
         WHERE ${conditions.join(' AND ')} ORDER BY row DESC LIMIT ?`,
        ...values,
        limit,
      )
      .map(fromListedRow);
  }

  /** Up to `limit` events of an execution from id `from` on (backwards from it when `reverse`). */
  history(row: number, query: { from?: number; reverse?: boolean; limit: number }): HistoryEvent[] {
    const events: HistoryEvent[] = [];
    let from = query.from ?? (query.reverse ? Number.MAX_SAFE_INTEGER : 1);
    while (events.length < query.limit) {
      const chunk = this.store.get<{ first_id: number; last_id: number; events: string }>(
        query.reverse
          ? 'SELECT * FROM history WHERE execution = ? AND first_id <= ? ORDER BY first_id DESC LIMIT 1'
          : 'SELECT * FROM history WHERE execution = ? AND last_id >= ? ORDER BY first_id LIMIT 1',
        row,
        from,
      );
      if (!chunk) break;
      const bound = from;
      const part = (JSON.parse(chunk.events) as HistoryEvent[]).filter(({ id }) =>
        query.reverse ? id <= bound : id >= bound,
      );
      events.push(...(query.reverse ? part.reverse() : part));
      from = query.reverse ? chunk.first_id - 1 : chunk.last_id + 1;
    }
    return events.slice(0, query.limit);
  }
}

/** A definition's text and, beside it, what else an execution keeps from its start (role, logging, dates): the API's. */
export interface RevisionBody {
  readonly definition: string;
  readonly [member: string]: Json;
}

export interface StoredExecution {
  readonly row: number;
  readonly execution: Execution;
  readonly revision: string;
  /** The input exactly as StartExecution was given it. */
  readonly inputText: string;
  /** About how much memory it takes, in characters of JSON. */
  readonly size: number;
}

/** Which executions to list; what is left out does not matter. */
export interface ListQuery {
  /** ARNs: the state machine, and the version or alias that executions were started with. */
  readonly machine: string;
  readonly version?: string;
  readonly alias?: string;
  /** The map run that started them. */
  readonly mapRun?: string;
  readonly status?: ExecutionStatus;
  readonly redriven?: boolean;
  /** The row after which a page goes on. */
  readonly before?: number;
  readonly limit: number;
}

export interface ListedExecution {
  readonly row: number;
  readonly arn: string;
  readonly stateMachineArn: string;
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly redriveCount: number;
  readonly redrivenAt?: number;
  readonly mapRunArn?: string;
  readonly itemCount?: number;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS revisions (hash TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS executions (
  row INTEGER PRIMARY KEY,
  arn TEXT NOT NULL UNIQUE,
  machine TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,
  next_due INTEGER,
  revision TEXT NOT NULL,
  input TEXT NOT NULL,
  header TEXT NOT NULL,
  state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS executions_by_machine ON executions (machine, row);
CREATE INDEX IF NOT EXISTS executions_running ON executions (row) WHERE status = 'RUNNING';
CREATE TABLE IF NOT EXISTS history (
  execution INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (execution, first_id)
) WITHOUT ROWID;
`;

interface Row {
  row: number;
  arn: string;
  machine: string;
  name: string;
  status: ExecutionStatus;
  started_at: number;
  stopped_at: number | null;
  revision: string;
  input: string;
  header: string;
  state: string;
}

type ListedRow = Omit<Row, 'revision' | 'input' | 'state'> & { redrive_count: number; redriven_at: number | null };

function fromListedRow(row: ListedRow): ListedExecution {
  const { stateMachineVersionArn, stateMachineAliasArn, mapRunArn, itemCount } = JSON.parse(row.header) as Execution;
  return {
    row: row.row,
    arn: row.arn,
    stateMachineArn: row.machine,
    stateMachineVersionArn,
    stateMachineAliasArn,
    name: row.name,
    status: row.status,
    startedAt: row.started_at,
    stoppedAt: row.stopped_at ?? undefined,
    redriveCount: row.redrive_count,
    redrivenAt: row.redriven_at ?? undefined,
    mapRunArn,
    itemCount,
  };
}

/** What never changes and is in no column of its own. */
function headerText(execution: Execution): string {
  const { format, arn, name, type, stateMachineArn, stateMachineName, roleArn, startedAt } = execution;
  const { stateMachineVersionArn, stateMachineAliasArn, traceHeader, mapRunArn, itemCount, testCase } = execution;
  const origin = { stateMachineVersionArn, stateMachineAliasArn, traceHeader, mapRunArn, itemCount, testCase };
  const header = { format, arn, name, type, stateMachineArn, stateMachineName, roleArn, startedAt };
  return JSON.stringify({ ...header, ...origin });
}

/** What a step may change. */
function stateText(execution: Execution): string {
  const { status, stoppedAt, output, error, cause, lastEventId, redriveCount, redrivenAt, frames } = execution;
  const { redriveFrom } = execution;
  const ended = { status, stoppedAt, output, error, cause };
  return JSON.stringify({ ...ended, lastEventId, redriveCount, redrivenAt, frames, redriveFrom });
}

function fromRow(row: Row): StoredExecution {
  const execution = { ...JSON.parse(row.header), input: JSON.parse(row.input), ...JSON.parse(row.state) };
  const size = row.input.length + row.state.length;
  return { row: row.row, execution, revision: row.revision, inputText: row.input, size };
}
