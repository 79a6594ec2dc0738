import type { Store } from './store';

/** Documents of one kind, by key, listed in the order of their keys. Made by `Store.collection`. */
export class Collection<T> {
  readonly #table: string;
  readonly #kept = new Map<string, T>();

  /**
   * @param keep how many of the documents that were got last stay in memory as they are: the same object is answered
   * again, so nobody may change it
   */
  constructor(
    private readonly store: Store,
    name: string,
    private readonly keep = 0,
  ) {
    if (!/^[a-z_]+$/.test(name)) throw new Error(`Not a collection's name: ${name}`);
    this.#table = `doc_${name}`;
    store.schema(`CREATE TABLE IF NOT EXISTS ${this.#table} (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`);
  }

  get(key: string): T | undefined {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const row = this.store.get<{ body: string }>(`SELECT body FROM ${this.#table} WHERE key = ?`, key);
    if (!row) return undefined;
    const value = JSON.parse(row.body) as T;
    if (this.#kept.size >= this.keep) this.#kept.clear();
    if (this.keep > 0) this.#kept.set(key, value);
    return value;
  }

  /** Stores `value`; durable when the promise resolves, readable at once. */
  put(key: string, value: T): Promise<void> {
    this.#kept.delete(key);
    this.store.run(
      `INSERT INTO ${this.#table} (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body`,
      key,
      JSON.stringify(value),
    );
    return this.store.durable();
  }

  delete(key: string): Promise<void> {
    this.#kept.delete(key);
    this.store.run(`DELETE FROM ${this.#table} WHERE key = ?`, key);
    return this.store.durable();
  }

  /** All documents whose key starts with `prefix`, in the order of their keys. */
  list(prefix = ''): Array<{ key: string; value: T }> {
    return this.store
      .all<{ key: string; body: string }>(
        `SELECT key, body FROM ${this.#table} WHERE key >= ? AND key < ? ORDER BY key`,
        prefix,
        `${prefix}\u{10FFFF}`,
      )
      .map((row) => ({ key: row.key, value: JSON.parse(row.body) as T }));
  }
}
