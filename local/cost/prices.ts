/**
 * Owns the prices: list prices of AWS in one region, each with where it was read and when. A file to be read and
 * corrected by people; `stepwright cost --prices FILE` takes another one of the same form, as JSON.
 */
export interface PriceTable {
  readonly region: string;
  /** The day on which the table was put together, as YYYY-MM-DD. */
  readonly date: string;
  /** By meter (`usage.ts`). */
  readonly prices: Readonly<Record<string, Price>>;
}

export interface Price {
  readonly service: string;
  /** As it is called in a bill: 'write request units'. */
  readonly item: string;
  /** How many of the meter's amount make one unit that is priced: 1024 x 1000 for MB-ms that are billed as GB-seconds. */
  readonly unit?: number;
  /** US dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  /** What is cheaper in a month's larger amounts: units from `from` on. Ascending. */
  readonly tiers?: ReadonlyArray<{ readonly from: number; readonly dollars: number }>;
  /** Units of every month that are free for everybody, for ever. */
  readonly free?: number;
  /** 'D' AWS's own page, 'S' a secondary source, 'U' from memory: not verified. */
  readonly mark: 'D' | 'S' | 'U';
  readonly source: string;
}

const STEP_FUNCTIONS = 'https://aws.amazon.com/step-functions/pricing/';
const LAMBDA = 'https://cloudchipr.com/blog/aws-lambda-pricing';
const DYNAMODB = 'https://airbyte.com/data-engineering-resources/dynamodb-pricing';
const S3 = 'https://c3x.dev/blog/s3-request-fees-explained';
const CLOUDWATCH = 'https://cloudburn.io/blog/amazon-cloudwatch-pricing';
const SECRETS = 'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms';
const EVENTBRIDGE = 'https://cloudburn.io/blog/amazon-eventbridge-pricing';

const MILLION = 1_000_000;
const GB = 1024 ** 3;
/** MB x ms of a GB-second. */
const GB_SECOND = 1024 * 1000;

export const US_EAST_1: PriceTable = {
  region: 'us-east-1',
  date: '2026-11-27',
  prices: {
    'states.transitions': {
      service: 'Step Functions',
      item: 'state transitions',
      dollars: 25,
      per: MILLION,
      free: 4000,
      mark: 'D',
      source: STEP_FUNCTIONS,
    },
    'states.express': {
      service: 'Step Functions',
      item: 'Express requests',
      dollars: 1,
      per: MILLION,
      mark: 'D',
      source: STEP_FUNCTIONS,
    },
    'states.express.gbs': {
      // $0.06, $0.03 and $0.01642 a GB-hour, from the first, the 1,001st and the 5,001st hour on.
      service: 'Step Functions',
      item: 'Express GB-seconds',
      dollars: 0.06 / 3600,
      per: 1,
      tiers: [
        { from: 3_600_000, dollars: 0.03 / 3600 },
        { from: 18_000_000, dollars: 0.01642 / 3600 },
      ],
      mark: 'D',
      source: STEP_FUNCTIONS,
    },
    'lambda.requests': {
      service: 'Lambda',
      item: 'requests',
      dollars: 0.2,
      per: MILLION,
      free: MILLION,
      mark: 'S',
      source: LAMBDA,
    },
    'lambda.arm64.mbms': {
      service: 'Lambda',
      item: 'GB-seconds (Arm)',
      unit: GB_SECOND,
      dollars: 13.3334,
      per: MILLION,
      tiers: [{ from: 7_500_000_000, dollars: 12.0001 }],
      free: 400_000,
      mark: 'S',
      source: LAMBDA,
    },
    'lambda.x86_64.mbms': {
      service: 'Lambda',
      item: 'GB-seconds (x86)',
      unit: GB_SECOND,
      dollars: 16.6667,
      per: MILLION,
      tiers: [
        { from: 6_000_000_000, dollars: 15 },
        { from: 15_000_000_000, dollars: 13.3334 },
      ],
      free: 400_000,
      mark: 'S',
      source: LAMBDA,
    },
    'dynamodb.write': {
      service: 'DynamoDB',
      item: 'write request units',
      dollars: 0.625,
      per: MILLION,
      mark: 'S',
      source: DYNAMODB,
    },
    'dynamodb.read': {
      service: 'DynamoDB',
      item: 'read request units',
      dollars: 0.125,
      per: MILLION,
      mark: 'S',
      source: DYNAMODB,
    },
    's3.put': { service: 'S3', item: 'PUT, COPY, POST, LIST', dollars: 5, per: MILLION, mark: 'S', source: S3 },
    's3.get': { service: 'S3', item: 'GET and others', dollars: 0.4, per: MILLION, mark: 'S', source: S3 },
    'sqs.requests': {
      service: 'SQS',
      item: 'requests (64 KB)',
      dollars: 0.4,
      per: MILLION,
      free: MILLION,
      tiers: [
        { from: 100_000_000_000, dollars: 0.3 },
        { from: 200_000_000_000, dollars: 0.24 },
      ],
      mark: 'S',
      source: 'https://cloudburn.io/blog/amazon-sqs-pricing',
    },
    'sns.publishes': {
      service: 'SNS',
      item: 'publishes (64 KB)',
      dollars: 0.5,
      per: MILLION,
      free: MILLION,
      mark: 'S',
      source: 'https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/',
    },
    'events.custom': {
      service: 'EventBridge',
      item: 'custom events (64 KB)',
      dollars: 1,
      per: MILLION,
      mark: 'S',
      source: EVENTBRIDGE,
    },
    'ses.mails': {
      service: 'SES',
      item: 'mails',
      dollars: 100,
      per: MILLION,
      mark: 'S',
      source: 'https://www.acecloudinterviews.com/tutorials/aws/ses/',
    },
    'logs.bytes': {
      service: 'CloudWatch Logs',
      item: 'GB ingested',
      unit: GB,
      dollars: 0.5,
      per: 1,
      free: 5,
      mark: 'S',
      source: CLOUDWATCH,
    },
    'cloudwatch.requests': {
      service: 'CloudWatch',
      item: 'PutMetricData and other calls',
      dollars: 10,
      per: MILLION,
      free: MILLION,
      mark: 'S',
      source: CLOUDWATCH,
    },
    'api.requests': {
      service: 'API Gateway',
      item: 'HTTP API requests (512 KB)',
      dollars: 1,
      per: MILLION,
      mark: 'S',
      source: 'https://awsforengineers.com/blog/aws-api-gateway-pricing-explained',
    },
    'api.rest': {
      service: 'API Gateway',
      item: 'REST API requests',
      dollars: 3.5,
      per: MILLION,
      mark: 'D',
      source:
        'https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html',
    },
    'secrets.requests': {
      service: 'Secrets Manager',
      item: 'API calls',
      dollars: 5,
      per: MILLION,
      mark: 'S',
      source: SECRETS,
    },
    'xray.traces': {
      service: 'X-Ray',
      item: 'traces recorded',
      dollars: 5,
      per: MILLION,
      free: 100_000,
      mark: 'D',
      source: 'https://aws.amazon.com/xray/pricing/',
    },
  },
};

/** US dollars a month for what costs whether it is used or not. */
export const MONTHLY = {
  alarm: { dollars: 0.1, free: 10, mark: 'S', source: CLOUDWATCH },
  metric: { dollars: 0.3, free: 10, mark: 'S', source: CLOUDWATCH },
  dashboard: { dollars: 3, free: 3, mark: 'S', source: CLOUDWATCH },
  secret: { dollars: 0.4, free: 0, mark: 'S', source: SECRETS },
} as const;

export class PriceTableError extends Error {
  override readonly name = 'PriceTableError';
}

/**
 * Reads a price table from JSON; its prices stand before those of `base`, which has what it leaves out.
 * @throws PriceTableError saying what is wrong
 */
export function readPriceTable(text: string, base: PriceTable = US_EAST_1): PriceTable {
  let table: Partial<PriceTable>;
  try {
    table = JSON.parse(text);
  } catch (error) {
    throw new PriceTableError(`it is not JSON: ${(error as Error).message}`);
  }
  const { region, date, prices } = table ?? {};
  if (typeof region !== 'string') throw new PriceTableError("'region' must be a text");
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date)) throw new PriceTableError("'date' must be a date");
  if (typeof prices !== 'object' || prices === null) throw new PriceTableError("'prices' must be an object");
  const merged: Record<string, Price> = { ...base.prices };
  for (const [meter, price] of Object.entries(prices)) {
    const known = Object.hasOwn(base.prices, meter) ? base.prices[meter] : undefined;
    if (!known)
      throw new PriceTableError(`there is no meter '${meter}'; there are ${Object.keys(base.prices).join(', ')}`);
    const { dollars, per } = price ?? {};
    if (typeof dollars !== 'number' || typeof per !== 'number' || !(dollars >= 0) || !(per > 0)) {
      throw new PriceTableError(`'dollars' and 'per' of '${meter}' must be numbers, 0 or more and more than 0`);
    }
    // Tiers belong to their price.
    merged[meter] = { ...known, tiers: [], ...price };
  }
  return { region, date, prices: merged };
}
