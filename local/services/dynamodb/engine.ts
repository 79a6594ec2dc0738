import { Stream } from 'node:stream';
import { AwsError, type AwsShape } from '../aws';
import { misplaced } from './input';
import type { KeyRange, Pages, Unit } from './pages';

/**
 * Owns dynalite: its validations and its actions on items, run in process on a unit of work in place of its LevelDB.
 *
 * Everything that dynalite asks of its store is answered at once, so an action on items runs within one turn of the
 * event loop: nothing interleaves with it, and its index entries are written together with the item. Its modules are
 * loaded when they are needed: a local cloud without tables starts sooner.
 */

const database = () => require('dynalite/db') as typeof import('dynalite/db');
const validations = () => require('dynalite/validations') as typeof import('dynalite/validations');

const ACTIONS = {
  GetItem: () => [require('dynalite/actions/getItem'), require('dynalite/validations/getItem')] as const,
  PutItem: () => [require('dynalite/actions/putItem'), require('dynalite/validations/putItem')] as const,
  UpdateItem: () => [require('dynalite/actions/updateItem'), require('dynalite/validations/updateItem')] as const,
  DeleteItem: () => [require('dynalite/actions/deleteItem'), require('dynalite/validations/deleteItem')] as const,
  BatchGetItem: () => [require('dynalite/actions/batchGetItem'), require('dynalite/validations/batchGetItem')] as const,
  BatchWriteItem: () =>
    [require('dynalite/actions/batchWriteItem'), require('dynalite/validations/batchWriteItem')] as const,
  Query: () => [require('dynalite/actions/query'), require('dynalite/validations/query')] as const,
  Scan: () => [require('dynalite/actions/scan'), require('dynalite/validations/scan')] as const,
};

const TABLE_VALIDATIONS = {
  CreateTable: () => require('dynalite/validations/createTable'),
  ListTables: () => require('dynalite/validations/listTables'),
};

export type ItemOperation = keyof typeof ACTIONS;

export const ITEM_OPERATIONS = Object.keys(ACTIONS);

export const isItemOperation = (operation: string): operation is ItemOperation => Object.hasOwn(ACTIONS, operation);

const OPTIONS = { maxItemSize: 400 * 1024 };

export const itemSpace = (table: string) => `item ${table}`;
export const indexSpace = (kind: string, table: string, index: string) =>
  `index ${kind.toLowerCase()} ${table} ${index}`;
export const TABLE_SPACE = 'table';

/** Where the item with this key (or this item itself) stands in its table's space. */
export const itemKey = (item: AwsShape, table: AwsShape): string => database().createKey(item, table);

/** The entries that an item has in a secondary index. */
export const indexEntries = (index: AwsShape, item: AwsShape, table: AwsShape) =>
  database().getIndexActions([index], undefined, item, table).puts;

/** The size of an item, as it is billed. */
export const itemBytes = (item: AwsShape): number => database().itemSize(item);

/** A request that passed dynalite's checks, with its expressions parsed. It may be performed once. */
export interface Prepared {
  operation: ItemOperation;
  request: AwsShape;
}

/** Checks a request (a copy: it is changed). Throws DynamoDB's `AwsError`. */
export function prepare(operation: ItemOperation, input: AwsShape): Prepared {
  return { operation, request: check(ACTIONS[operation]()[1], input) };
}

/** Performs an operation on items on `unit`, which its writes go to. Throws DynamoDB's `AwsError`. */
export function perform(prepared: Prepared, unit: Unit): AwsShape {
  const outcome = begin(prepared, unit);
  if (!outcome.settled) throw new Error(`dynalite did not finish ${prepared.operation} at once`);
  return unwrap(outcome);
}

/** Performs Query or Scan, which may take more than one turn. Rejects with DynamoDB's `AwsError`. */
export async function search(prepared: Prepared, unit: Unit): Promise<AwsShape> {
  const outcome = begin(prepared, unit);
  if (!outcome.settled) await new Promise<void>((resolve) => outcome.waiting.push(resolve));
  return unwrap(outcome);
}

/** Checks a request about tables as dynalite does, and answers it without the members that dynalite does not know. */
export function validated(operation: keyof typeof TABLE_VALIDATIONS, input: AwsShape): AwsShape {
  return check(TABLE_VALIDATIONS[operation](), input);
}

interface Outcome {
  settled: boolean;
  error?: unknown;
  value?: AwsShape;
  waiting: Array<() => void>;
}

function begin({ operation, request }: Prepared, unit: Unit): Outcome {
  const [action] = ACTIONS[operation]();
  const sources: RowSource[] = [];
  const store = storeOn(unit, sources);
  const outcome: Outcome = { settled: false, waiting: [] };
  try {
    action(store, request, (error: unknown, value: AwsShape) => {
      Object.assign(outcome, { settled: true, error, value });
      for (const wake of outcome.waiting) wake();
    });
    for (const source of sources) source.flow();
  } catch (error) {
    Object.assign(outcome, { settled: true, error });
  }
  return outcome;
}

function unwrap({ error, value }: Outcome): AwsShape {
  if (error) throw asAwsError(error);
  return value ?? {};
}

// biome-ignore lint/suspicious/noExplicitAny: dynalite has no types.
function check(validation: any, input: AwsShape): AwsShape {
  try {
    const { checkTypes, checkValidations } = validations();
    const data = checkTypes(input, validation.types);
    checkValidations(data, validation.types, validation.custom, { options: OPTIONS });
    return data;
  } catch (error) {
    // dynalite's checks take it for granted that nothing in a map or a list is null.
    if (error instanceof TypeError) throw misplaced();
    throw asAwsError(error);
  }
}

/** dynalite's errors carry the body that they would be answered with; anything else is a defect and stays what it is. */
function asAwsError(error: unknown): unknown {
  const { body, statusCode } = error as { body?: AwsShape; statusCode?: number };
  if (!body) return error;
  return new AwsError(String(body.__type).split('#').pop() as string, body.message ?? body.Message ?? '', statusCode);
}

type Callback = (error: unknown, value?: unknown) => void;

/** What dynalite's actions need of a store, on a unit of work. */
function storeOn(unit: Unit, sources: RowSource[]) {
  const space = (name: string) => ({
    get: (key: string, done: Callback) => done(null, unit.get(name, key)),
    put: (key: string, value: unknown, done: Callback) => {
      unit.put(name, key, value);
      done(null);
    },
    del: (key: string, done: Callback) => {
      unit.delete(name, key);
      done(null);
    },
    createValueStream: (range: KeyRange) => {
      const source = new RowSource(unit.pages, name, range);
      sources.push(source);
      return source;
    },
    // One action runs at a time, so there is nobody to lock out.
    lock: (_key: string, run: (release: (done: Callback) => Callback) => void) => run((done) => done),
  });
  return {
    options: OPTIONS,
    getItemDb: (table: string) => space(itemSpace(table)),
    getIndexDb: (kind: string, table: string, index: string) => space(indexSpace(kind, table, index)),
    getTable: (name: string, ...rest: unknown[]) => {
      const done = rest.at(-1) as Callback;
      const table = unit.get(TABLE_SPACE, name);
      done(table ? null : tableNotFound(), table);
    },
  };
}

const tableNotFound = () => ({
  name: 'NotFoundError',
  statusCode: 400,
  body: { __type: '#ResourceNotFoundException', message: 'Requested resource not found' },
});

/** A stream of documents that flows within one turn, once dynalite has set up everything that listens to it. */
class RowSource extends Stream {
  #destroyed = false;

  constructor(
    private readonly pages: Pages,
    private readonly space: string,
    private readonly range: KeyRange,
  ) {
    super();
  }

  flow(): void {
    for (const { document } of this.pages.range(this.space, this.range)) {
      if (this.#destroyed) return;
      this.emit('data', document);
    }
    if (!this.#destroyed) this.emit('end');
  }

  destroy(): void {
    this.#destroyed = true;
  }
}
