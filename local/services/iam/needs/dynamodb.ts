import type { AwsShape } from '../../aws';
import { arnOf, each, isArn, type Need, type NeedsOfService, type Place, structuresIn, textOf } from './need';

/** DynamoDB (…/list_amazondynamodb.html): a transaction needs the actions of its items, a batch one of its own. */
function tableArn(nameOrArn: unknown, place: Place): string {
  return isArn(nameOrArn) ? nameOrArn : arnOf(place, 'dynamodb', `table/${textOf(nameOrArn)}`);
}

const TRANSACTED: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

/** What is left out has a default, of which nobody says whether a condition sees it: it is not known. */
function given(key: string, value: unknown): Need['keys'] {
  return typeof value === 'string' ? { [key]: value } : {};
}

/** Each action on each table once, with the partitions of all items that are there. */
function transacted(items: unknown, place: Place): Need[] {
  const needs = structuresIn(items).flatMap((item) =>
    Object.entries(item)
      .filter(([kind]) => Object.hasOwn(TRANSACTED, kind))
      .map(([kind, request]) => ({
        action: TRANSACTED[kind] as string,
        resource: tableArn(request?.TableName, place),
      })),
  );
  return [...new Map(needs.map((need) => [`${need.action} ${need.resource}`, need])).values()];
}

const onTable = (action: string, input: AwsShape, place: Place) => [
  { action, resource: tableArn(input.TableName, place), keys: given('dynamodb:ReturnValues', input.ReturnValues) },
];

const onIndex = (action: string, input: AwsShape, place: Place) => {
  const table = tableArn(input.TableName, place);
  const resource = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
  return [{ action, resource, keys: given('dynamodb:Select', input.Select) }];
};

const onTables = (action: string, { RequestItems }: AwsShape, place: Place) =>
  Object.keys(RequestItems ?? {}).map((name) => ({ action, resource: tableArn(name, place) }));

export const DYNAMODB_NEEDS: NeedsOfService = {
  ...each(
    [
      'GetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'DescribeTable',
      'CreateTable',
      'UpdateTable',
      'DeleteTable',
      'UpdateTimeToLive',
      'DescribeTimeToLive',
      'UpdateContinuousBackups',
      'DescribeContinuousBackups',
    ],
    onTable,
    'dynamodb',
  ),
  ...each(['Query', 'Scan'], onIndex, 'dynamodb'),
  ...each(['BatchGetItem', 'BatchWriteItem'], onTables, 'dynamodb'),
  ...each(
    ['TagResource', 'UntagResource', 'ListTagsOfResource'],
    (action, { ResourceArn }) => [{ action, resource: textOf(ResourceArn) }],
    'dynamodb',
  ),
  TransactWriteItems: ({ TransactItems }, place) => transacted(TransactItems, place),
  TransactGetItems: ({ TransactItems }, place) => transacted(TransactItems, place),
  ListTables: (_, place) => [{ action: 'dynamodb:ListTables', resource: arnOf(place, 'dynamodb', 'table/*') }],
};
