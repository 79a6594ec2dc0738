import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import type { Parts } from '../parts';
import { consumesCapacity, indexUnits, usageOfAnswer, usageOfRefusal } from './capacity';
import {
  ITEM_OPERATIONS,
  type ItemOperation,
  isItemOperation,
  itemKey,
  itemSpace,
  perform,
  prepare,
  search,
} from './engine';
import { leadingKeys } from './leading-keys';
import { Pages, type Unit } from './pages';
import { answer, toJson } from './shapes';
import { Tables, tableName } from './tables';
import { Transactions } from './transactions';
import { TimeToLive } from './ttl';

/**
 * Amazon DynamoDB: dynalite's item operations on the cloud's own store, and in front of them what dynalite lacks.
 *
 * An operation is performed within one turn of the event loop on a unit of work, which is then applied and answered
 * when it is durable. So writes and transactions never interleave, readers see whole ones only, and no answer tells
 * of anything that a crash could take back.
 */
export class DynamoDbService implements AwsService {
  readonly id = 'dynamodb';
  readonly signingName = 'dynamodb';
  readonly protocol: WireProtocol = { kind: 'json', targetPrefix: 'DynamoDB_20120810', version: '1.0' };

  readonly #pages: Pages;
  readonly #tables: Tables;
  readonly #ttl: TimeToLive;
  readonly operations: ReadonlySet<string>;
  readonly #operations: Record<string, (input: AwsShape, unit: Unit) => AwsShape>;

  constructor(private readonly parts: Parts) {
    this.#pages = new Pages(parts.store);
    const tables = new Tables(parts, this.#pages);
    const transactions = new Transactions(parts, this.#pages, tables);
    const ttl = new TimeToLive(parts, this.#pages, tables, (unit) => this.#apply(unit));
    this.#tables = tables;
    this.#ttl = ttl;
    this.#operations = {
      CreateTable: (input, unit) => tables.create(input, unit),
      DescribeTable: (input) => tables.describe(input),
      ListTables: (input) => tables.list(input),
      UpdateTable: (input, unit) => tables.update(input, unit),
      DeleteTable: (input) => {
        const output = tables.delete(input);
        ttl.forget(input.TableName);
        return output;
      },
      TagResource: (input, unit) => tables.tag(input, unit),
      UntagResource: (input, unit) => tables.untag(input, unit),
      ListTagsOfResource: (input) => tables.tags(input),
      UpdateContinuousBackups: (input, unit) => tables.updateBackups(input, unit),
      DescribeContinuousBackups: (input) => tables.describeBackups(input),
      UpdateTimeToLive: (input, unit) => ttl.update(input, unit),
      DescribeTimeToLive: (input) => ttl.describe(input),
      TransactWriteItems: (input, unit) => transactions.write(input, unit),
      TransactGetItems: (input) => transactions.get(input),
    };
    this.operations = new Set([...Object.keys(this.#operations), ...ITEM_OPERATIONS]);
  }

  /** Sets the timer for the earliest expiry. */
  async start(): Promise<void> {
    this.#ttl.start();
  }

  async stop(): Promise<void> {
    this.#ttl.stop();
  }

  conditionKeys(input: AwsShape, action: string, resource: string): Record<string, string[]> {
    const keys = leadingKeys(input, action, resource, (name) => this.#tables.get(name));
    return keys ? { 'dynamodb:LeadingKeys': keys } : {};
  }

  async call(operation: string, shape: AwsShape, { trace }: Caller): Promise<AwsShape> {
    const input = toJson(shape) as AwsShape;
    if (typeof input.TableName === 'string') input.TableName = tableName(input.TableName);
    const unit = this.#pages.unit();
    try {
      if (trace !== undefined && consumesCapacity(operation)) return await this.#metered(operation, input, unit, trace);
      const output = this.#run(operation, input, unit);
      this.#apply(unit);
      return answer(await output);
    } finally {
      await this.#pages.store.durable();
    }
  }

  /** An operation that somebody pays for. Its answer is the one that was asked for, with the capacity it took or without. */
  async #metered(operation: string, input: AwsShape, unit: Unit, trace: string): Promise<AwsShape> {
    const { ReturnConsumedCapacity: wish } = input;
    const { meter } = this.parts.aws;
    const isQuiet = wish === undefined || wish === 'NONE';
    if (isQuiet) input.ReturnConsumedCapacity = 'TOTAL';
    try {
      const pending = this.#run(operation, input, unit);
      const indexes = indexUnits(unit);
      this.#apply(unit);
      const output = await pending;
      meter?.use(trace, usageOfAnswer(operation, output, indexes));
      const { ConsumedCapacity, ...rest } = output;
      return answer(isQuiet ? rest : output);
    } catch (error) {
      meter?.use(trace, usageOfRefusal(error));
      throw error;
    }
  }

  #run(operation: string, input: AwsShape, unit: Unit): AwsShape | Promise<AwsShape> {
    const own = Object.hasOwn(this.#operations, operation) ? this.#operations[operation] : undefined;
    if (own) return own(input, unit);
    if (!isItemOperation(operation)) throw new AwsError('UnknownOperationException', `Unknown operation: ${operation}`);
    return this.#item(operation, input, unit);
  }

  #item(operation: ItemOperation, input: AwsShape, unit: Unit): AwsShape | Promise<AwsShape> {
    const onFailure = input.ReturnValuesOnConditionCheckFailure;
    const prepared = prepare(operation, input);
    if (operation === 'Query' || operation === 'Scan') return search(prepared, unit);
    try {
      return perform(prepared, unit);
    } catch (error) {
      const failed = error instanceof AwsError && error.code === 'ConditionalCheckFailedException';
      if (!failed || onFailure !== 'ALL_OLD') throw error;
      const { TableName, Key, Item } = prepared.request;
      const current = unit.get(itemSpace(TableName), itemKey(Key ?? Item, this.#tables.get(TableName)));
      throw new AwsError(error.code, error.message, error.status, answer(current ? { Item: current } : {}));
    }
  }

  #apply(unit: Unit): void {
    this.#ttl.observe(unit.apply());
  }
}
