import { createHash } from 'node:crypto';
import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import { itemKey, itemSpace, type Prepared, perform, prepare } from './engine';
import { type CancellationReason, transactionCanceled, validationError } from './errors';
import { structure, structures, text } from './input';
import type { Pages, Unit } from './pages';
import { type Tables, tableName } from './tables';

/**
 * Owns TransactWriteItems and TransactGetItems.
 *
 * T1  All actions of a transaction are performed on one unit of work within one turn, so nothing is between them, and
 *     the unit is written whole or, when any action fails, not at all (D1, D2), a crash included.
 * T2  A ClientRequestToken is remembered together with what its transaction wrote: repeating it within ten (virtual)
 *     minutes changes nothing.
 */
export class Transactions {
  constructor(
    private readonly parts: Parts,
    private readonly pages: Pages,
    private readonly tables: Tables,
  ) {
    pages.store.schema(
      'CREATE TABLE IF NOT EXISTS dynamodb_token (token TEXT PRIMARY KEY, request TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID',
    );
  }

  /** Performs the transaction on `unit`; throws TransactionCanceledException when it must not be applied. */
  write(input: AwsShape, unit: Unit): AwsShape {
    const { ClientRequestToken, ...request } = input;
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    if (ClientRequestToken !== undefined && this.#isRepeat(ClientRequestToken, fingerprint)) return {};

    const actions = limited(input).map((item) => writeAction(item));
    this.#refuseRepeatedItems(actions.map(({ target }) => target));
    const capacity = new CapacityMeter('Write');
    const reasons = actions.map((action): CancellationReason => {
      try {
        // A condition check is a delete that nobody applies.
        const output = perform(action.prepared, action.checksOnly ? this.pages.unit() : unit);
        capacity.add(output.ConsumedCapacity);
        return { Code: 'None' };
      } catch (error) {
        return this.#reason(error, action);
      }
    });
    if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons);
    if (ClientRequestToken !== undefined) this.#remember(ClientRequestToken, fingerprint);
    return capacity.reported(input.ReturnConsumedCapacity);
  }

  /** Reads up to 100 items as they are at one instant. */
  get(input: AwsShape): AwsShape {
    const unit = this.pages.unit();
    const capacity = new CapacityMeter('Read');
    const reads = limited(input).map((item) => {
      const Get = structure(item, 'Get');
      const request = { ...Get, TableName: tableName(text(Get, 'TableName')), ConsistentRead: true };
      return { target: Get, prepared: prepare('GetItem', { ...request, ReturnConsumedCapacity: 'TOTAL' }) };
    });
    this.#refuseRepeatedItems(reads.map(({ target }) => target));
    const Responses = reads.map(({ prepared }) => {
      const { Item, ConsumedCapacity } = perform(prepared, unit);
      capacity.add(ConsumedCapacity);
      return Item ? { Item } : {};
    });
    return { Responses, ...capacity.reported(input.ReturnConsumedCapacity) };
  }

  #refuseRepeatedItems(targets: AwsShape[]): void {
    const seen = new Set<string>();
    for (const target of targets) {
      const key = `${tableName(target.TableName)} ${this.#key(target) ?? `unknown ${seen.size}`}`;
      if (seen.has(key)) throw validationError('Transaction request cannot include multiple operations on one item');
      seen.add(key);
    }
  }

  /** Where an action's item stands in its table; undefined when the action does not name one properly, which fails later. */
  #key({ TableName, Key, Item }: AwsShape): string | undefined {
    try {
      return itemKey(Key ?? Item, this.tables.get(TableName));
    } catch (error) {
      if (error instanceof AwsError) throw error;
      return undefined;
    }
  }

  #reason(error: unknown, { target }: WriteAction): CancellationReason {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
    if (error.code !== 'ConditionalCheckFailedException') throw error;
    const reason: CancellationReason = { Code: 'ConditionalCheckFailed', Message: error.message };
    if (target.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return reason;
    const Item = this.pages.unit().get(itemSpace(tableName(target.TableName)), this.#key(target) ?? '');
    return Item ? { ...reason, Item: Item as AwsShape } : reason;
  }

  #isRepeat(token: unknown, fingerprint: string): boolean {
    if (typeof token !== 'string' || token.length < 1 || token.length > 36) {
      throw validationError(
        `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36`,
      );
    }
    const known = this.pages.store.get<{ request: string }>(
      'SELECT request FROM dynamodb_token WHERE token = ? AND at > ?',
      token,
      this.parts.clock.now() - TOKEN_LIFE_MS,
    );
    if (known && known.request !== fingerprint) {
      throw new AwsError(
        'IdempotentParameterMismatchException',
        'Request parameters do not match the parameters of the previous request with the same client request token',
      );
    }
    return known !== undefined;
  }

  #remember(token: string, fingerprint: string): void {
    const { store } = this.pages;
    const now = this.parts.clock.now();
    store.run('DELETE FROM dynamodb_token WHERE at <= ?', now - TOKEN_LIFE_MS);
    store.run('INSERT INTO dynamodb_token (token, request, at) VALUES (?, ?, ?)', token, fingerprint, now);
  }
}

const TOKEN_LIFE_MS = 10 * 60 * 1000;
const MOST_ACTIONS = 100;

interface WriteAction {
  prepared: Prepared;
  /** The action as it was sent. */
  target: AwsShape;
  checksOnly: boolean;
}

const OPERATIONS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
} as const;

function writeAction(item: AwsShape): WriteAction {
  const kinds = Object.keys(OPERATIONS).filter((kind) => item[kind]) as Array<keyof typeof OPERATIONS>;
  const [kind] = kinds;
  if (kinds.length !== 1 || !kind) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const target = structure(item, kind);
  const needed = { Put: 'Item', Update: 'UpdateExpression', Delete: 'Key', ConditionCheck: 'ConditionExpression' }[
    kind
  ];
  if (target[needed] === undefined) {
    throw validationError(`The parameter '${needed}' is required but was not present in the request`);
  }
  const request = structuredClone({
    ...target,
    TableName: tableName(text(target, 'TableName')),
    ReturnConsumedCapacity: 'TOTAL',
  });
  return { prepared: prepare(OPERATIONS[kind], request), target, checksOnly: kind === 'ConditionCheck' };
}

/** The items of a transaction, 1 to 100. */
function limited(input: AwsShape): AwsShape[] {
  const items = structures(input, 'TransactItems');
  const constraint = (words: string) =>
    validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${words}`,
    );
  if (items.length < 1) throw constraint('greater than or equal to 1');
  if (items.length > MOST_ACTIONS) throw constraint(`less than or equal to ${MOST_ACTIONS}`);
  return items;
}

/** Adds up what a transaction costs by table: each unit counts twice (DynamoDB developer guide, "Transactions"). */
class CapacityMeter {
  readonly #units = new Map<string, number>();

  constructor(private readonly kind: 'Read' | 'Write') {}

  add({ TableName, CapacityUnits }: { TableName: string; CapacityUnits: number }): void {
    this.#units.set(TableName, (this.#units.get(TableName) ?? 0) + 2 * CapacityUnits);
  }

  reported(wish: unknown): AwsShape {
    if (wish !== 'TOTAL' && wish !== 'INDEXES') return {};
    const ConsumedCapacity = [...this.#units].map(([TableName, units]) => {
      const own = { CapacityUnits: units, [`${this.kind}CapacityUnits`]: units };
      return wish === 'INDEXES' ? { TableName, ...own, Table: own } : { TableName, ...own };
    });
    return { ConsumedCapacity };
  }
}
