import { createHash } from 'node:crypto';
import type { Json } from '../asl/json';
import type { Execution, ExecutionStatus, ExecutionType, HistoryEvent } from '../engine/types';
import { historyLine, readHistory } from './history-text';
import type { Store } from './store';

/**
 * Owns what is stored of executions: their rows, their histories, and the revisions of definitions that they run.
 *
 * J1  A step is one transaction: the row and the events that it made are written together (promise B: a transition is on
 *     disk once or not at all, and ids have no gaps).
 * J2  What is fixed at the start is written once; a step writes what changed and its events, whatever the history's
 *     length. The first events are in the execution's row, as many as are worth writing again with it; the others are
 *     rows of `history`, one for each step.
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

  /** Records the first step of an execution. */
  insert(
    execution: Execution,
    revision: string,
    inputText: string,
    events: readonly HistoryEvent[],
    nextDue?: number,
  ): Recorded {
    const { arn, stateMachineArn, name, type, status, startedAt, stoppedAt } = execution;
    const state = stateText(execution);
    const line = lineOf(events);
    const fits = line.length <= MOST_IN_ROW;
    const row = this.store.run(
      `INSERT INTO executions
         (arn, machine, name, type, status, started_at, stopped_at, next_due, revision, input, header, state, events)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      fits ? line : '',
    );
    if (!fits) this.#append(row, events, line);
    return { row, room: fits ? MOST_IN_ROW - line.length : 0, size: state.length + inputText.length };
  }

  /** Records what a further step made of an execution. */
  update(
    { row, room, inputText }: Pick<StoredExecution, 'row' | 'room' | 'inputText'>,
    execution: Execution,
    events: readonly HistoryEvent[],
    nextDue?: number,
  ): Recorded {
    const state = stateText(execution);
    const line = lineOf(events);
    const fits = line !== '' && line.length < room;
    this.store.run(
      fits ? UPDATE_WITH_EVENTS : UPDATE,
      execution.status,
      execution.stoppedAt ?? null,
      nextDue ?? null,
      state,
      ...(fits ? [line] : []),
      row,
    );
    if (!fits && line !== '') this.#append(row, events, line);
    const left = fits ? room - line.length - 1 : line === '' ? room : 0;
    return { row, room: left, size: state.length + inputText.length };
  }

  #append(row: number, events: readonly HistoryEvent[], line: string): void {
    const [first, last] = [events[0], events.at(-1)] as [HistoryEvent, HistoryEvent];
    this.store.run(
      'INSERT INTO history (execution, first_id, last_id, events) VALUES (?, ?, ?, ?)',
      row,
      first.id,
      last.id,
      line,
    );
  }

  find(arn: string): StoredExecution | undefined {
    const row = this.store.get<Row>(FIND, arn);
    return row && fromRow(row);
  }

  /** Whether no execution was ever recorded. */
  isEmpty(): boolean {
    return this.store.get('SELECT 1 FROM executions LIMIT 1') === undefined;
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
    const { from = query.reverse ? Number.MAX_SAFE_INTEGER : 1, reverse = false, limit } = query;
    const events: HistoryEvent[] = [];
    for (const lines of this.#lines(row, from, reverse)) {
      const part = readHistory(lines).filter(({ id }) => (reverse ? id <= from : id >= from));
      events.push(...(reverse ? part.reverse() : part));
      if (events.length >= limit) break;
    }
    return events.slice(0, limit);
  }

  /** What was written of an execution's events, from the step on that made `from`. */
  *#lines(row: number, from: number, reverse: boolean): Generator<string> {
    const inRow = () => {
      const found = this.store.get<{ events: string }>('SELECT events FROM executions WHERE row = ?', row);
      return found?.events ? [found.events] : [];
    };
    if (!reverse) yield* inRow();
    for (let next = from; ; ) {
      const step = this.store.get<{ first_id: number; last_id: number; events: string }>(
        reverse
          ? 'SELECT * FROM history WHERE execution = ? AND first_id <= ? ORDER BY first_id DESC LIMIT 1'
          : 'SELECT * FROM history WHERE execution = ? AND last_id >= ? ORDER BY first_id LIMIT 1',
        row,
        next,
      );
      if (!step) break;
      yield step.events;
      next = reverse ? step.first_id - 1 : step.last_id + 1;
    }
    if (reverse) yield* inRow();
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
  /** How many more characters of events fit in its row; 0 when some are in the history. */
  readonly room: number;
  /** About how much memory it takes, in characters of JSON. */
  readonly size: number;
}

/** What changed with a step. */
export type Recorded = Pick<StoredExecution, 'row' | 'room' | 'size'>;

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
  state TEXT NOT NULL,
  events TEXT NOT NULL
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

/** Characters of events that are kept in the execution's row: so that most rows fit several to a page. */
const MOST_IN_ROW = 2000;

const FIND = `SELECT row, arn, machine, name, type, status, started_at, stopped_at, revision, input, header, state,
  length(events) AS in_row, EXISTS (SELECT 1 FROM history WHERE execution = executions.row) AS has_more
  FROM executions WHERE arn = ?`;
const UPDATE = 'UPDATE executions SET status = ?, stopped_at = ?, next_due = ?, state = ? WHERE row = ?';
const UPDATE_WITH_EVENTS = `UPDATE executions SET status = ?, stopped_at = ?, next_due = ?, state = ?,
  events = events || char(10) || ? WHERE row = ?`;

interface Row {
  row: number;
  arn: string;
  machine: string;
  name: string;
  type: ExecutionType;
  status: ExecutionStatus;
  started_at: number;
  stopped_at: number | null;
  revision: string;
  input: string;
  header: string;
  state: string;
  in_row: number;
  has_more: number;
}

type ListedRow = Omit<Row, 'type' | 'revision' | 'input' | 'state' | 'in_row' | 'has_more'> & {
  redrive_count: number;
  redriven_at: number | null;
};

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
function headerText({
  format,
  stateMachineName,
  roleArn,
  stateMachineVersionArn,
  stateMachineAliasArn,
  traceHeader,
  mapRunArn,
  itemCount,
  testCase,
}: Execution): string {
  const origin = { stateMachineVersionArn, stateMachineAliasArn, traceHeader, mapRunArn, itemCount, testCase };
  return JSON.stringify({ format, stateMachineName, roleArn, ...origin });
}

/** What a step may change, beside its status and when it stopped. */
function stateText({
  output,
  error,
  cause,
  lastEventId,
  redriveCount,
  redrivenAt,
  frames,
  redriveFrom,
}: Execution): string {
  return JSON.stringify({ output, error, cause, lastEventId, redriveCount, redrivenAt, frames, redriveFrom });
}

function lineOf(events: readonly HistoryEvent[]): string {
  return events.length === 0 ? '' : historyLine(events);
}

function fromRow(row: Row): StoredExecution {
  const execution: Execution = {
    arn: row.arn,
    name: row.name,
    type: row.type,
    stateMachineArn: row.machine,
    status: row.status,
    startedAt: row.started_at,
    ...(row.stopped_at !== null && { stoppedAt: row.stopped_at }),
    ...JSON.parse(row.header),
    input: JSON.parse(row.input),
    ...JSON.parse(row.state),
  };
  const room = row.has_more ? 0 : MOST_IN_ROW - row.in_row;
  const size = row.input.length + row.state.length;
  return { row: row.row, execution, revision: row.revision, inputText: row.input, room, size };
}
