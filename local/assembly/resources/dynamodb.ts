import type { JsonObject } from '../../asl/json';
import { AwsError, type AwsShape } from '../../services/aws';
import { AssemblyError } from '../errors';
import { Properties } from '../properties';
import type { Deployed, Identify, ResourceContext, ResourceProvider } from '../resource';

const INERT = [
  'Tags',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'ContributorInsightsSpecification',
  'TableClass',
  'ResourcePolicy',
  'WarmThroughput',
  'OnDemandThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];

const HONOURED = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'BillingMode',
  'ProvisionedThroughput',
  'TimeToLiveSpecification',
];

export const table: ResourceProvider = {
  type: 'AWS::DynamoDB::Table',
  honoured: HONOURED,
  inert: INERT,
  deploy: deployTable,
};

/** A table of one region or many; here always of one. */
export const globalTable: ResourceProvider = {
  type: 'AWS::DynamoDB::GlobalTable',
  honoured: HONOURED,
  inert: [
    ...INERT,
    'Replicas.Region',
    'Replicas.Tags',
    'Replicas.TableClass',
    'Replicas.DeletionProtectionEnabled',
    'Replicas.PointInTimeRecoverySpecification',
    'Replicas.ContributorInsightsSpecification',
    'Replicas.SSESpecification',
    'Replicas.GlobalSecondaryIndexes',
    'Replicas.ReadProvisionedThroughputSettings',
    'Replicas.ReadOnDemandThroughputSettings',
  ],
  deploy: deployTable,
};

async function deployTable(values: JsonObject, context: ResourceContext): Promise<Deployed> {
  const properties = new Properties(values);
  const identity = tableIdentity(values, context);
  const name = identity.ref;
  const existing = await describe(name, context);
  if (existing) await update(existing, properties, context);
  else await context.call('dynamodb', 'CreateTable', definition(name, properties));
  await setTimeToLive(name, properties, context);
  return identity;
}

export const tableIdentity: Identify = (values, context) => {
  const name = context.name(new Properties(values).text('TableName'), { longest: 255 });
  const arn = context.arn('dynamodb', `table/${name}`);
  return { ref: name, attributes: { Arn: arn, TableId: name, StreamArn: `${arn}/stream/local` } };
};

function definition(name: string, properties: Properties): AwsShape {
  const provisioned = properties.text('BillingMode') !== 'PAY_PER_REQUEST' && properties.has('ProvisionedThroughput');
  return {
    TableName: name,
    ...properties.pick('AttributeDefinitions', 'KeySchema', 'LocalSecondaryIndexes'),
    ...(properties.has('GlobalSecondaryIndexes') && { GlobalSecondaryIndexes: indexes(properties, provisioned) }),
    ...(provisioned ? properties.pick('ProvisionedThroughput') : { BillingMode: 'PAY_PER_REQUEST' }),
  };
}

function indexes(properties: Properties, provisioned: boolean): AwsShape[] {
  return properties
    .objects('GlobalSecondaryIndexes')
    .map((index) =>
      index.pick('IndexName', 'KeySchema', 'Projection', ...(provisioned ? ['ProvisionedThroughput'] : [])),
    );
}

async function describe(name: string, context: ResourceContext): Promise<AwsShape | undefined> {
  try {
    return (await context.call('dynamodb', 'DescribeTable', { TableName: name })).Table;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Indexes come and go; another key would be another table, and the data of this one would be lost. */
async function update(existing: AwsShape, properties: Properties, context: ResourceContext): Promise<void> {
  const name = existing.TableName as string;
  if (keyText(existing.KeySchema) !== keyText(properties.list('KeySchema') as AwsShape[])) {
    throw new AssemblyError(
      `The table ${name} has the key ${keyText(existing.KeySchema)} in the data directory and another one in the template; ` +
        'take another data directory.',
    );
  }
  const wanted = indexes(properties, existing.BillingModeSummary?.BillingMode === 'PROVISIONED');
  const present: AwsShape[] = existing.GlobalSecondaryIndexes ?? [];
  const changes = [
    ...present
      .filter((index) => !wanted.some((other) => sameIndex(index, other)))
      .map((index) => ({ Delete: { IndexName: index.IndexName } })),
    ...wanted.filter((index) => !present.some((other) => sameIndex(index, other))).map((index) => ({ Create: index })),
  ];
  // As on AWS: one index at a time.
  for (const change of changes) {
    await context.call('dynamodb', 'UpdateTable', {
      TableName: name,
      ...properties.pick('AttributeDefinitions'),
      GlobalSecondaryIndexUpdates: [change],
    });
  }
}

function sameIndex(one: AwsShape, other: AwsShape): boolean {
  return one.IndexName === other.IndexName && keyText(one.KeySchema) === keyText(other.KeySchema);
}

function keyText(schema: AwsShape[]): string {
  return schema.map((key) => `${key.AttributeName} (${key.KeyType})`).join(', ');
}

async function setTimeToLive(name: string, properties: Properties, context: ResourceContext): Promise<void> {
  const wanted = properties.object('TimeToLiveSpecification');
  const { TimeToLiveDescription: present } = await context.call('dynamodb', 'DescribeTimeToLive', { TableName: name });
  const attribute = wanted?.flag('Enabled') === false ? undefined : wanted?.text('AttributeName');
  const current = present?.TimeToLiveStatus === 'ENABLED' ? (present.AttributeName as string) : undefined;
  if (attribute === current) return;
  const set = (AttributeName: string, Enabled: boolean) =>
    context.call('dynamodb', 'UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { AttributeName, Enabled },
    });
  if (current) await set(current, false);
  if (attribute) await set(attribute, true);
}
