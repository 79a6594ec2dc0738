import type { AwsShape } from '../aws';
import type { Parts } from '../parts';
import { itemSpace, perform, prepare, TABLE_SPACE } from './engine';
import { validationError } from './errors';
import { structure, text } from './input';
import type { Change, Pages, Unit } from './pages';
import type { Tables } from './tables';

/**
 * Owns time to live: which item expires when, and its deletion.
 *
 * As on AWS an expired item is visible until it is deleted; unlike AWS, which takes hours to days, it is deleted at the
 * virtual instant of its expiry. Items without the attribute, with another type in it, or with a time more than five
 * years past never expire.
 *
 * L1  The clock holds one timer, for the earliest expiry of all tables.
 * L2  The expiries are written together with the items, so a restart finds them without reading the tables.
 */
export class TimeToLive {
  readonly #attributes = new Map<string, string>();
  #alarm: { due: number; cancel: () => void } | undefined;
  #stopped = false;

  constructor(
    private readonly parts: Parts,
    private readonly pages: Pages,
    private readonly tables: Tables,
    private readonly apply: (unit: Unit) => void,
  ) {
    pages.store.schema(
      `CREATE TABLE IF NOT EXISTS dynamodb_expiry (
         space TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (space, key)
       ) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS dynamodb_expiry_due ON dynamodb_expiry (due);`,
    );
    for (const name of tables.names()) {
      const attribute = tables.get(name)[ATTRIBUTE];
      if (attribute) this.#attributes.set(itemSpace(name), attribute);
    }
  }

  start(): void {
    this.#stopped = false;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  update(input: AwsShape, unit: Unit): AwsShape {
    const table = this.tables.get(text(input, 'TableName'));
    const { Enabled, AttributeName } = structure(input, 'TimeToLiveSpecification');
    if (typeof Enabled !== 'boolean' || typeof AttributeName !== 'string' || AttributeName.length === 0) {
      throw validationError('TimeToLiveSpecification must have Enabled and AttributeName');
    }
    const current = table[ATTRIBUTE];
    if (Enabled && current === AttributeName) throw validationError('TimeToLive is already enabled');
    if (Enabled && current)
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
    if (!Enabled && !current) throw validationError('TimeToLive is already disabled');
    if (!Enabled && current !== AttributeName) {
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
    }
    unit.put(TABLE_SPACE, table.TableName, { ...table, [ATTRIBUTE]: Enabled ? AttributeName : undefined });
    return { TimeToLiveSpecification: { Enabled, AttributeName } };
  }

  describe(input: AwsShape): AwsShape {
    const attribute = this.tables.get(text(input, 'TableName'))[ATTRIBUTE];
    const description = attribute
      ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
      : { TimeToLiveStatus: 'DISABLED' };
    return { TimeToLiveDescription: description };
  }

  /** Keeps the expiries in step with what was just written, in the same turn. */
  observe(changes: Change[]): void {
    let touched = false;
    for (const { space, key, document } of changes) {
      if (space === TABLE_SPACE) {
        this.#configure(key, (document as AwsShape | undefined)?.[ATTRIBUTE]);
        touched = true;
      } else if (this.#attributes.has(space)) {
        this.#note(space, key, document as AwsShape | undefined);
        touched = true;
      }
    }
    if (touched) this.#arm();
  }

  /** Forgets a table that was deleted. */
  forget(table: string): void {
    this.#configure(table, undefined);
    this.#arm();
  }

  #configure(table: string, attribute: string | undefined): void {
    const space = itemSpace(table);
    if (this.#attributes.get(space) === attribute) return;
    this.pages.store.run('DELETE FROM dynamodb_expiry WHERE space = ?', space);
    if (!attribute) {
      this.#attributes.delete(space);
      return;
    }
    this.#attributes.set(space, attribute);
    for (const { key, document } of this.pages.range(space)) this.#note(space, key, document as AwsShape);
  }

  #note(space: string, key: string, item: AwsShape | undefined): void {
    const due = item && expiry(item[this.#attributes.get(space) as string], this.parts.clock.now());
    if (due === undefined) this.pages.store.run('DELETE FROM dynamodb_expiry WHERE space = ? AND key = ?', space, key);
    else {
      this.pages.store.run(
        'INSERT INTO dynamodb_expiry (space, key, due) VALUES (?, ?, ?) ON CONFLICT (space, key) DO UPDATE SET due = excluded.due',
        space,
        key,
        due,
      );
    }
  }

  #arm(): void {
    if (this.#stopped) return;
    const due = this.pages.store.get<{ due: number | null }>('SELECT min(due) AS due FROM dynamodb_expiry')?.due;
    if (due === this.#alarm?.due) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (due === null || due === undefined) return;
    const cancel = this.parts.clock.at(due, () => {
      this.#alarm = undefined;
      void this.parts.work.track(() => this.#expire());
    });
    this.#alarm = { due, cancel };
  }

  /** Deletes what is due, some items at a time so that callers get their turn in between. */
  async #expire(): Promise<void> {
    for (;;) {
      const rows = this.pages.store.all<{ space: string; key: string }>(
        `SELECT space, key FROM dynamodb_expiry WHERE due <= ? ORDER BY due LIMIT ${AT_ONCE}`,
        this.parts.clock.now(),
      );
      if (rows.length === 0) break;
      const unit = this.pages.unit();
      for (const { space, key } of rows) {
        const table = this.tables.get(space.slice(itemSpace('').length));
        const item = unit.get(space, key) as AwsShape;
        const names: string[] = table.KeySchema.map((part: AwsShape) => part.AttributeName);
        const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
        perform(prepare('DeleteItem', { TableName: table.TableName, Key }), unit);
      }
      this.apply(unit);
      await this.pages.store.durable();
    }
    this.#arm();
  }
}

/** Which attribute holds the time of expiry; members whose names begin with '_' are not DescribeTable's. */
const ATTRIBUTE = '_timeToLiveAttribute';

const AT_ONCE = 100;
const FIVE_YEARS_MS = 5 * 365 * 24 * 3600 * 1000;
const LATEST_MS = 8.64e15;

/** When the item with this attribute value expires (virtual ms); undefined for never. */
function expiry(value: AwsShape | undefined, now: number): number | undefined {
  const due = Math.floor(Number(value?.N) * 1000);
  return due >= now - FIVE_YEARS_MS && due <= LATEST_MS ? due : undefined;
}
