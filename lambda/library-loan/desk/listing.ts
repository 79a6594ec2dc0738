import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { requireEnv } from '../../shared/env';
import { json, Problem, type Response } from '../../shared/http';
import { type LoanKeys, loanKeys } from '../keys';
import { type Loan, type LoanStatus, loanStatuses } from '../loan';
import { loansByStatus } from '../names';
import { tables } from '../tables';
import { forDesk } from './shown';

/** Owns the list of loans: the newest first, a page at a time. The index that it reads is a moment behind. */
const env = requireEnv('LOANS_TABLE');

const querySchema = v.strictObject({
  status: v.picklist(loanStatuses),
  limit: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/), v.transform(Number), v.maxValue(100)), '25'),
  pageToken: v.optional(v.pipe(v.string(), v.maxLength(2048))),
});

/** `GET /loans?status=&limit=&pageToken=` */
export async function list(event: APIGatewayProxyEventV2): Promise<Response> {
  const query = v.safeParse(querySchema, event.queryStringParameters ?? {});
  if (!query.success) {
    const errors = [...new Set(query.issues.map(({ input, path }) => told(String(path?.[0]?.key), input)))];
    throw new Problem(400, 'Not a valid query', errors.join('; '), errors);
  }
  const { status, limit, pageToken } = query.output;
  const keys = await loanKeys();
  const { Items = [], LastEvaluatedKey } = await tables.send(
    new QueryCommand({
      TableName: env.LOANS_TABLE,
      IndexName: loansByStatus,
      KeyConditionExpression: '#status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
      ScanIndexForward: false,
      Limit: limit,
      ...(pageToken !== undefined && { ExclusiveStartKey: openToken(keys, status, pageToken) }),
    }),
  );
  const next = LastEvaluatedKey && { nextPageToken: keys.seal(purpose(status), JSON.stringify(LastEvaluatedKey)) };
  return json(200, { loans: Items.map((loan) => forDesk(loan as Loan)), ...next });
}

const allowed: Readonly<Record<string, string>> = {
  status: `must be one of ${loanStatuses.join(', ')}`,
  limit: 'must be 1 to 100',
  pageToken: 'must be one that a page of this list answered',
};

function told(parameter: string, value: unknown): string {
  if (!Object.hasOwn(allowed, parameter)) return `${parameter}: is not known here`;
  return `${parameter}: ${value === undefined ? 'is missing; it ' : ''}${allowed[parameter]}`;
}

/** A page token is sealed: good for the list that it came from, and readable to nobody. */
function openToken(keys: LoanKeys, status: LoanStatus, token: string): Record<string, string> {
  try {
    return JSON.parse(keys.unseal(purpose(status), token));
  } catch {
    throw new Problem(400, 'Not a page token', 'pageToken must be one that a page of this list answered.', [
      'pageToken',
    ]);
  }
}

function purpose(status: LoanStatus): string {
  return `page of loans ${status}`;
}
