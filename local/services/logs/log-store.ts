import type { Store } from '../../runtime/store';

export interface LogGroup {
  readonly name: string;
  /** Virtual ms since the epoch. */
  readonly created: number;
  readonly retentionDays: number | null;
}

/** What a stream is known by. */
export interface LogStreamName {
  readonly id: number;
  readonly name: string;
}

export interface LogStream extends LogStreamName {
  readonly created: number;
  readonly firstEvent: number | null;
  readonly lastEvent: number | null;
  readonly lastIngestion: number | null;
}

export interface LogEvent {
  readonly id: number;
  readonly stream: string;
  /** Virtual ms since the epoch. */
  readonly at: number;
  readonly ingested: number;
  readonly message: string;
}

/** Where reading goes on: events are ordered by time, then by arrival. */
export interface Position {
  readonly at: number;
  readonly id: number;
}

export interface Selection {
  readonly group: string;
  /** All streams when left out. */
  readonly streams?: readonly string[];
  /** Inclusive, ms. */
  readonly from: number;
  /** Inclusive, ms. */
  readonly to: number;
}

interface Arrival {
  readonly stream: number;
  readonly at: number;
  readonly ingested: number;
  readonly message: string;
}

/** As many groups, and as many streams, stay in memory. */
const MOST_KEPT = 1000;
/** How long arrived events may stay in memory, in real ms. */
const WRITE_DELAY_MS = 100;
/** As many events are written without delay: more at once would keep others waiting. */
const WRITE_AT_ONCE = 1000;
const STREAM_COLUMNS =
  'id, name, created, first_event AS firstEvent, last_event AS lastEvent, last_ingestion AS lastIngestion';

/**
 * Owns the tables of log groups, streams and events.
 *
 * L1  Events are written in batches, at most a tenth of a second after their arrival, so that logging costs the
 *     functions and executions that log nothing; `flush` writes them now.
 * L2  Every read sees every event that has arrived.
 * L3  Groups and streams that were asked for stay in memory until one of them changes, since each call names them.
 */
export class LogStore {
  readonly #groups = new Map<string, LogGroup>();
  /** By group, a line break and name. */
  readonly #streams = new Map<string, LogStreamName>();
  readonly #arrived: Arrival[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: Store) {
    store.schema(`
      CREATE TABLE IF NOT EXISTS log_group (
        name TEXT PRIMARY KEY,
        created INTEGER NOT NULL,
        retention_days INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS log_stream (
        id INTEGER PRIMARY KEY,
        log_group TEXT NOT NULL,
        name TEXT NOT NULL,
        created INTEGER NOT NULL,
        first_event INTEGER,
        last_event INTEGER,
        last_ingestion INTEGER,
        UNIQUE (log_group, name)
      );
      CREATE TABLE IF NOT EXISTS log_event (
        id INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL,
        at INTEGER NOT NULL,
        ingested INTEGER NOT NULL,
        message TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS log_event_by_time ON log_event (stream, at);
    `);
  }

  groups(prefix = ''): LogGroup[] {
    return this.store
      .all<LogGroup>('SELECT name, created, retention_days AS retentionDays FROM log_group ORDER BY name')
      .filter(({ name }) => name.startsWith(prefix));
  }

  group(name: string): LogGroup | undefined {
    const sql = 'SELECT name, created, retention_days AS retentionDays FROM log_group WHERE name = ?';
    return kept(this.#groups, name, () => this.store.get<LogGroup>(sql, name));
  }

  addGroup(name: string, created: number): void {
    this.#forget();
    this.store.run('INSERT INTO log_group (name, created) VALUES (?, ?)', name, created);
  }

  /** @param days null keeps events for ever */
  setRetention(group: string, days: number | null): void {
    this.#forget();
    this.store.run('UPDATE log_group SET retention_days = ? WHERE name = ?', days, group);
  }

  removeGroup(name: string): void {
    for (const stream of this.streams(name)) this.removeStream(stream);
    this.#forget();
    this.store.run('DELETE FROM log_group WHERE name = ?', name);
  }

  /** In the order of names. */
  streams(group: string): LogStream[] {
    this.#write();
    return this.store.all(`SELECT ${STREAM_COLUMNS} FROM log_stream WHERE log_group = ? ORDER BY name`, group);
  }

  stream(group: string, name: string): LogStreamName | undefined {
    const sql = 'SELECT id, name FROM log_stream WHERE log_group = ? AND name = ?';
    return kept(this.#streams, `${group}\n${name}`, () => this.store.get<LogStreamName>(sql, group, name));
  }

  addStream(group: string, name: string, created: number): void {
    this.#forget();
    this.store.run('INSERT INTO log_stream (log_group, name, created) VALUES (?, ?, ?)', group, name, created);
  }

  removeStream({ id }: LogStreamName): void {
    this.#forget();
    this.#write();
    this.store.run('DELETE FROM log_event WHERE stream = ?', id);
    this.store.run('DELETE FROM log_stream WHERE id = ?', id);
  }

  /** Takes events up; see L1 for when they are on disk. */
  append({ id }: LogStreamName, events: ReadonlyArray<{ timestamp: number; message: string }>, ingested: number): void {
    for (const { timestamp, message } of events) this.#arrived.push({ stream: id, at: timestamp, ingested, message });
    if (this.#arrived.length >= WRITE_AT_ONCE) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), WRITE_DELAY_MS).unref();
  }

  /** Resolves when all that has arrived is durable. */
  flush(): Promise<void> {
    this.#write();
    return this.store.durable();
  }

  /** Removes what is older than its group keeps. */
  expire(now: number): void {
    this.#write();
    this.store.run(
      `DELETE FROM log_event WHERE id IN (
        SELECT e.id FROM log_event e JOIN log_stream s ON s.id = e.stream JOIN log_group g ON g.name = s.log_group
        WHERE e.at < ? - g.retention_days * 86400000)`,
      now,
    );
  }

  /** Events after (or, going backwards, before) a position, at most `limit`, in the order of reading. */
  events(selection: Selection, limit: number, from?: Position, backwards = false): LogEvent[] {
    this.#write();
    const { group, streams, from: earliest, to: latest } = selection;
    const [comparison, order] = backwards ? ['<', 'DESC'] : ['>', 'ASC'];
    const start = from ?? (backwards ? { at: Number.MAX_SAFE_INTEGER, id: 0 } : { at: -1, id: 0 });
    return this.store.all<LogEvent>(
      `SELECT e.id, s.name AS stream, e.at, e.ingested, e.message
       FROM log_stream s JOIN log_event e ON e.stream = s.id
       WHERE s.log_group = ? AND e.at BETWEEN ? AND ? AND (e.at, e.id) ${comparison} (?, ?)
         ${streams ? 'AND s.name IN (SELECT value FROM json_each(?))' : ''}
       ORDER BY e.at ${order}, e.id ${order} LIMIT ?`,
      ...[group, earliest, latest, start.at, start.id, ...(streams ? [JSON.stringify(streams)] : []), limit],
    );
  }

  #forget(): void {
    this.#groups.clear();
    this.#streams.clear();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bounds = new Map<number, { first: number; last: number; ingested: number }>();
    for (const { stream, at, ingested, message } of this.#arrived.splice(0)) {
      this.store.run(
        'INSERT INTO log_event (stream, at, ingested, message) VALUES (?, ?, ?, ?)',
        stream,
        at,
        ingested,
        message,
      );
      const { first, last } = bounds.get(stream) ?? { first: at, last: at };
      bounds.set(stream, { first: Math.min(first, at), last: Math.max(last, at), ingested });
    }
    for (const [stream, { first, last, ingested }] of bounds) {
      this.store.run(
        `UPDATE log_stream SET first_event = MIN(COALESCE(first_event, ?1), ?1), last_event = MAX(COALESCE(last_event, ?2), ?2),
         last_ingestion = ?3 WHERE id = ?4`,
        ...[first, last, ingested, stream],
      );
    }
  }
}

/** What is known by `key`, or what `find` answers now. */
function kept<T>(known: Map<string, T>, key: string, find: () => T | undefined): T | undefined {
  const before = known.get(key);
  if (before) return before;
  const found = find();
  if (known.size >= MOST_KEPT) known.clear();
  if (found) known.set(key, found);
  return found;
}
