import { createHash } from 'node:crypto';
import { GetCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { requireEnv } from '../../shared/env';
import { bodyText, json, Problem, type Response } from '../../shared/http';
import { tables } from '../tables';

/**
 * Owns idempotency keys: a request that carries one is done once, however often and however concurrently it is sent.
 *
 * The answer is written in the same transaction as what it tells of, under the condition that the key is new. So of
 * many requests with one key one is done, and the others find its answer. What was refused is not remembered.
 */
const env = requireEnv('REQUESTS_TABLE');

/** The table keeps an answer for a day. */
const keptSeconds = 86_400;

export type Recorded = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly location: string;
}

export class IdempotentRequest {
  private constructor(
    private readonly requestKey: string,
    private readonly bodyHash: string,
  ) {}

  /** Undefined when the request has no key. @throws Problem 400 for a key that is none */
  static of(event: APIGatewayProxyEventV2): IdempotentRequest | undefined {
    const key = event.headers?.['idempotency-key'];
    if (key === undefined) return undefined;
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new Problem(400, 'Not an idempotency key', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
    }
    return new IdempotentRequest(hash(`${event.routeKey}\n${event.rawPath}\n${key}`), hash(bodyText(event)));
  }

  /** What was answered to it before. @throws Problem 422 when that was another request */
  async answered(): Promise<Answer | undefined> {
    const { Item } = await tables.send(
      new GetCommand({ TableName: env.REQUESTS_TABLE, Key: { requestKey: this.requestKey }, ConsistentRead: true }),
    );
    // DynamoDB removes what has expired within days; it counts no more from the first second.
    if (!Item || Item.expiresAt <= now()) return undefined;
    if (Item.bodyHash === this.bodyHash) return Item.answer as Answer;
    throw new Problem(422, 'Another request', 'This Idempotency-Key came with another body before.');
  }

  /** The write that remembers the answer; it fails its transaction when there is one already. */
  record(answer: Answer): Recorded {
    return {
      Put: {
        TableName: env.REQUESTS_TABLE,
        Item: { requestKey: this.requestKey, bodyHash: this.bodyHash, answer, expiresAt: now() + keptSeconds },
        ConditionExpression: 'attribute_not_exists(requestKey) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': now() },
      },
    };
  }
}

export function respond({ status, body, location }: Answer): Response {
  return json(status, body, { location });
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
