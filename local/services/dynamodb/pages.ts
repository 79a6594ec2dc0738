import type { Store } from '../../runtime/store';

/**
 * Owns where tables are kept: documents by space and key, in the order of their keys, in the store that all rooms share.
 *
 * D1  A unit of work reads what it wrote itself; nobody else sees any of it before `apply`.
 * D2  `apply` writes all of a unit in one turn of the event loop, so the store commits it whole or not at all, and a
 *     reader that works within one turn sees the whole or nothing.
 */
export class Pages {
  constructor(readonly store: Store) {
    store.schema(
      `CREATE TABLE IF NOT EXISTS dynamodb_page (
         space TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (space, key)
       ) WITHOUT ROWID`,
    );
  }

  unit(): Unit {
    return new Unit(this);
  }

  read(space: string, key: string): string | undefined {
    const sql = 'SELECT document FROM dynamodb_page WHERE space = ? AND key = ?';
    return this.store.get<{ document: string }>(sql, space, key)?.document;
  }

  keys(space: string): string[] {
    const rows = this.store.all<{ key: string }>('SELECT key FROM dynamodb_page WHERE space = ? ORDER BY key', space);
    return rows.map((row) => row.key);
  }

  /** How many documents a space has, and how many characters of JSON they are. */
  size(space: string): { count: number; length: number } {
    const sql =
      'SELECT count(*) AS count, coalesce(sum(length(document)), 0) AS length FROM dynamodb_page WHERE space = ?';
    return this.store.get(sql, space) as { count: number; length: number };
  }

  /** The documents of a range of keys in their order, read a page at a time. */
  *range(space: string, range: KeyRange = {}): Generator<{ key: string; document: unknown }> {
    const { reverse } = range;
    let { low, lowOpen, high, highOpen } = bounds(range);
    const sql = `SELECT key, document FROM dynamodb_page WHERE space = ? AND key >= ? AND key <= ?
                 ORDER BY key ${reverse ? 'DESC' : ''} LIMIT ${PAGE}`;
    for (;;) {
      const rows = this.store.all<{ key: string; document: string }>(sql, space, low, high);
      for (const { key, document } of rows) {
        if ((lowOpen && key === low) || (highOpen && key === high)) continue;
        yield { key, document: JSON.parse(document) };
      }
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      if (reverse) [high, highOpen] = [last.key, true];
      else [low, lowOpen] = [last.key, true];
    }
  }

  put(space: string, key: string, document: string): void {
    this.store.run(
      `INSERT INTO dynamodb_page (space, key, document) VALUES (?, ?, ?)
       ON CONFLICT (space, key) DO UPDATE SET document = excluded.document`,
      space,
      key,
      document,
    );
  }

  delete(space: string, key: string): void {
    this.store.run('DELETE FROM dynamodb_page WHERE space = ? AND key = ?', space, key);
  }

  clear(space: string): void {
    this.store.run('DELETE FROM dynamodb_page WHERE space = ?', space);
  }
}

/** As LevelDB's iterators take it; an absent bound is open. */
export interface KeyRange {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
}

const PAGE = 128;
/** Above every key: keys are hexadecimal digits, '/' and '~'. */
const HIGHEST = '\u{10FFFF}';

function bounds({ gt, gte, lt, lte }: KeyRange) {
  return { low: gt ?? gte ?? '', lowOpen: gt !== undefined, high: lt ?? lte ?? HIGHEST, highOpen: lt !== undefined };
}

/** A document that a unit wrote; `document` is undefined where it deleted. */
export interface Change {
  space: string;
  key: string;
  document: unknown;
}

/** The writes of one operation or transaction, gathered until it is known that all of it succeeds. */
export class Unit {
  readonly #writes = new Map<string, { space: string; key: string; document: string | undefined }>();

  constructor(readonly pages: Pages) {}

  get(space: string, key: string): unknown {
    const own = this.#writes.get(`${space}\0${key}`);
    const document = own ? own.document : this.pages.read(space, key);
    return document === undefined ? undefined : JSON.parse(document);
  }

  put(space: string, key: string, document: unknown): void {
    this.#writes.set(`${space}\0${key}`, { space, key, document: JSON.stringify(document) });
  }

  delete(space: string, key: string): void {
    this.#writes.set(`${space}\0${key}`, { space, key, document: undefined });
  }

  /** What `apply` would write into spaces whose names begin so, and what is there now; undefined where nothing is. */
  changes(prefix: string): Array<{ before: string | undefined; after: string | undefined }> {
    const writes = [...this.#writes.values()].filter(({ space }) => space.startsWith(prefix));
    return writes.map(({ space, key, document }) => ({ before: this.pages.read(space, key), after: document }));
  }

  /** Writes everything; answers what changed. */
  apply(): Change[] {
    return [...this.#writes.values()].map(({ space, key, document }) => {
      if (document === undefined) this.pages.delete(space, key);
      else this.pages.put(space, key, document);
      return { space, key, document: document === undefined ? undefined : JSON.parse(document) };
    });
  }
}
