import { randomUUID } from 'node:crypto';
import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import { indexEntries, indexSpace, itemSpace, TABLE_SPACE, validated } from './engine';
import { tableExists, tableNotFound, validationError } from './errors';
import { structure, structures, text, texts } from './input';
import type { Pages, Unit } from './pages';

/**
 * Owns tables and their indexes: their descriptions (as DescribeTable answers them), tags and backups' settings.
 * A table is ACTIVE as soon as CreateTable answers, and gone as soon as DeleteTable does.
 */
export class Tables {
  constructor(
    private readonly parts: Parts,
    private readonly pages: Pages,
  ) {}

  /** The stored description of a table; throws ResourceNotFoundException. Takes a name or an ARN. */
  get(nameOrArn: string): AwsShape {
    const name = tableName(nameOrArn);
    const document = this.pages.read(TABLE_SPACE, name);
    if (!document) throw tableNotFound(name);
    return JSON.parse(document);
  }

  names(): string[] {
    return this.pages.keys(TABLE_SPACE);
  }

  create(input: AwsShape, unit: Unit): AwsShape {
    const request = validated('CreateTable', structuredClone(input));
    if (this.pages.read(TABLE_SPACE, request.TableName)) throw tableExists(request.TableName);
    const now = this.parts.clock.now() / 1000;
    const arn = this.#arn(request.TableName);
    const { BillingMode, ...described } = request;
    const table: AwsShape = {
      ...described,
      TableArn: arn,
      TableId: randomUUID(),
      TableStatus: 'ACTIVE',
      CreationDateTime: now,
      ProvisionedThroughput: throughput(request.ProvisionedThroughput),
      ...billing(BillingMode, now),
      ...this.#settings(request.TableName, input, now),
    };
    for (const index of table.LocalSecondaryIndexes ?? []) index.IndexArn = `${arn}/index/${index.IndexName}`;
    for (const index of table.GlobalSecondaryIndexes ?? []) Object.assign(index, globalIndex(index, arn));
    unit.put(TABLE_SPACE, request.TableName, table);
    this.#tag(request.TableName, structures(input, 'Tags'), unit);
    return { TableDescription: this.#counted(table) };
  }

  describe(input: AwsShape): AwsShape {
    return { Table: this.#counted(this.get(text(input, 'TableName'))) };
  }

  list(input: AwsShape): AwsShape {
    const { Limit = 100, ExclusiveStartTableName = '' } = validated('ListTables', input);
    const names = this.names().filter((name) => name > ExclusiveStartTableName);
    const TableNames = names.slice(0, Limit);
    return names.length > Limit ? { TableNames, LastEvaluatedTableName: TableNames.at(-1) } : { TableNames };
  }

  /** UpdateTable: billing, throughput, streams, encryption, protection, class, and indexes made (and filled) or removed. */
  update(input: AwsShape, unit: Unit): AwsShape {
    const table = this.get(text(input, 'TableName'));
    const now = this.parts.clock.now() / 1000;
    const settings = this.#settings(table.TableName, input, now);
    if (Object.keys(settings).length === 0 && !CHANGES.some((member) => input[member] !== undefined)) {
      throw validationError(NOTHING_TO_CHANGE);
    }
    Object.assign(table, settings);
    if (input.BillingMode !== undefined) {
      if (!BILLING_MODES.includes(input.BillingMode)) throw validationError(unknownBillingMode(input.BillingMode));
      for (const name of ['BillingModeSummary', 'TableThroughputModeSummary']) delete table[name];
      Object.assign(table, billing(input.BillingMode, now));
      if (input.BillingMode === 'PAY_PER_REQUEST') table.ProvisionedThroughput = throughput(undefined);
    }
    if (input.ProvisionedThroughput) {
      if (table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST') throw validationError(NO_THROUGHPUT_ON_DEMAND);
      table.ProvisionedThroughput = throughput(input.ProvisionedThroughput);
    }
    for (const { AttributeName, AttributeType } of structures(input, 'AttributeDefinitions')) {
      const known = table.AttributeDefinitions.some((one: AwsShape) => one.AttributeName === AttributeName);
      if (!known) table.AttributeDefinitions.push({ AttributeName, AttributeType });
    }
    for (const change of structures(input, 'GlobalSecondaryIndexUpdates')) this.#changeIndex(table, change, unit);
    unit.put(TABLE_SPACE, table.TableName, table);
    return { TableDescription: this.#counted(table) };
  }

  delete(input: AwsShape): AwsShape {
    const table = this.get(text(input, 'TableName'));
    if (table.DeletionProtectionEnabled) {
      throw validationError(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    const description = this.#counted(table);
    this.pages.clear(itemSpace(table.TableName));
    for (const kind of ['Local', 'Global']) {
      for (const { IndexName } of table[`${kind}SecondaryIndexes`] ?? []) {
        this.pages.clear(indexSpace(kind, table.TableName, IndexName));
      }
    }
    this.pages.clear(tagSpace(table.TableName));
    this.pages.delete(TABLE_SPACE, table.TableName);
    return { TableDescription: { ...description, TableStatus: 'DELETING' } };
  }

  tag(input: AwsShape, unit: Unit): AwsShape {
    this.#tag(this.get(text(input, 'ResourceArn')).TableName, structures(input, 'Tags'), unit);
    return {};
  }

  untag(input: AwsShape, unit: Unit): AwsShape {
    const { TableName } = this.get(text(input, 'ResourceArn'));
    for (const key of texts(input, 'TagKeys')) unit.delete(tagSpace(TableName), key);
    return {};
  }

  tags(input: AwsShape): AwsShape {
    const { TableName } = this.get(text(input, 'ResourceArn'));
    return {
      Tags: [...this.pages.range(tagSpace(TableName))].map(({ key, document }) => ({ Key: key, Value: document })),
    };
  }

  updateBackups(input: AwsShape, unit: Unit): AwsShape {
    const table = this.get(text(input, 'TableName'));
    const enabled = structure(input, 'PointInTimeRecoverySpecification').PointInTimeRecoveryEnabled === true;
    const since = enabled ? this.parts.clock.now() / 1000 : undefined;
    unit.put(TABLE_SPACE, table.TableName, { ...table, [RECOVERABLE_SINCE]: since });
    return this.#backups(since);
  }

  describeBackups(input: AwsShape): AwsShape {
    return this.#backups(this.get(text(input, 'TableName'))[RECOVERABLE_SINCE]);
  }

  #backups(since: number | undefined): AwsShape {
    const recovery =
      since === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: 35,
            EarliestRestorableDateTime: since,
            LatestRestorableDateTime: this.parts.clock.now() / 1000,
          };
    return {
      ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: recovery },
    };
  }

  #changeIndex(table: AwsShape, { Create, Update, Delete }: AwsShape, unit: Unit): void {
    const indexes: AwsShape[] = table.GlobalSecondaryIndexes ?? [];
    const named = (name: string) => indexes.find((index) => index.IndexName === name);
    const missing = new AwsError('ResourceNotFoundException', 'Requested resource not found');
    if (Create) {
      const keys = structures(Create, 'KeySchema');
      const defined = new Set(table.AttributeDefinitions.map(({ AttributeName }: AwsShape) => AttributeName));
      if (!Create.IndexName || !Create.Projection?.ProjectionType || keys.length === 0) {
        throw validationError('IndexName, KeySchema and Projection of a new index must not be null');
      }
      if (keys.some(({ AttributeName }) => !defined.has(AttributeName))) {
        throw validationError(
          `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${keys.map(({ AttributeName }) => AttributeName).join(', ')}], AttributeDefinitions: [${[...defined].join(', ')}]`,
        );
      }
      if (named(Create.IndexName)) throw validationError('Attempting to create an index which already exists');
      const index = { ...Create, ...globalIndex(Create, table.TableArn) };
      table.GlobalSecondaryIndexes = [...indexes, index];
      for (const { document } of this.pages.range(itemSpace(table.TableName))) {
        for (const { key, item } of indexEntries(index, document as AwsShape, table)) {
          unit.put(indexSpace('Global', table.TableName, Create.IndexName), key, item);
        }
      }
    }
    if (Update) {
      const index = named(Update.IndexName);
      if (!index) throw missing;
      index.ProvisionedThroughput = throughput(Update.ProvisionedThroughput);
    }
    if (Delete) {
      if (!named(Delete.IndexName)) throw missing;
      table.GlobalSecondaryIndexes = indexes.filter((index) => index.IndexName !== Delete.IndexName);
      if (table.GlobalSecondaryIndexes.length === 0) delete table.GlobalSecondaryIndexes;
      for (const { key } of this.pages.range(indexSpace('Global', table.TableName, Delete.IndexName))) {
        unit.delete(indexSpace('Global', table.TableName, Delete.IndexName), key);
      }
    }
  }

  /** What CreateTable and UpdateTable take that only shows in the description. */
  #settings(name: string, input: AwsShape, now: number): AwsShape {
    const settings: AwsShape = {};
    const { StreamSpecification, SSESpecification, DeletionProtectionEnabled, TableClass } = input;
    if (StreamSpecification) {
      const label = new Date(now * 1000).toISOString().slice(0, -1);
      settings.StreamSpecification = StreamSpecification.StreamEnabled ? StreamSpecification : undefined;
      settings.LatestStreamLabel = StreamSpecification.StreamEnabled ? label : undefined;
      settings.LatestStreamArn = StreamSpecification.StreamEnabled ? `${this.#arn(name)}/stream/${label}` : undefined;
    }
    if (SSESpecification) {
      const { Enabled, SSEType = 'KMS', KMSMasterKeyId } = SSESpecification;
      settings.SSEDescription = Enabled ? { Status: 'ENABLED', SSEType, KMSMasterKeyArn: KMSMasterKeyId } : undefined;
    }
    if (DeletionProtectionEnabled !== undefined) settings.DeletionProtectionEnabled = DeletionProtectionEnabled;
    if (TableClass) settings.TableClassSummary = { TableClass };
    return settings;
  }

  /** A stored description as DescribeTable answers it. */
  #counted(table: AwsShape): AwsShape {
    const { count, length } = this.pages.size(itemSpace(table.TableName));
    const described = Object.entries(table).filter(([name]) => !name.startsWith('_'));
    return {
      DeletionProtectionEnabled: false,
      ...Object.fromEntries(described),
      ItemCount: count,
      TableSizeBytes: length,
    };
  }

  #tag(table: string, tags: AwsShape[], unit: Unit): void {
    for (const tag of tags) unit.put(tagSpace(table), text(tag, 'Key'), text(tag, 'Value'));
  }

  #arn(name: string): string {
    return `arn:aws:dynamodb:${this.parts.identity.region}:${this.parts.identity.accountId}:table/${name}`;
  }
}

/** Since when the table could be restored; members whose names begin with '_' are not DescribeTable's. */
const RECOVERABLE_SINCE = '_recoverableSince';

/** What UpdateTable changes besides the settings. */
const CHANGES = ['BillingMode', 'ProvisionedThroughput', 'GlobalSecondaryIndexUpdates'];

const BILLING_MODES = ['PROVISIONED', 'PAY_PER_REQUEST'];

const unknownBillingMode = (mode: unknown) =>
  `1 validation error detected: Value '${mode}' at 'billingMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]`;

const NOTHING_TO_CHANGE =
  'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required';

const NO_THROUGHPUT_ON_DEMAND =
  'One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST';

const tagSpace = (table: string) => `tag ${table}`;

/** The table's name in an ARN of it, or the name itself. */
export const tableName = (nameOrArn: string): string => /^arn:[^/]*:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;

const throughput = (given: AwsShape | undefined) => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: given?.ReadCapacityUnits ?? 0,
  WriteCapacityUnits: given?.WriteCapacityUnits ?? 0,
});

const globalIndex = (index: AwsShape, tableArn: string) => ({
  IndexArn: `${tableArn}/index/${index.IndexName}`,
  IndexStatus: 'ACTIVE',
  ProvisionedThroughput: throughput(index.ProvisionedThroughput),
});

function billing(mode: string | undefined, now: number): AwsShape {
  if (mode !== 'PAY_PER_REQUEST') return {};
  return {
    BillingModeSummary: { BillingMode: mode, LastUpdateToPayPerRequestDateTime: now },
    TableThroughputModeSummary: { TableThroughputMode: mode, LastUpdateToPayPerRequestDateTime: now },
  };
}
