import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';

/** The functions of the naive designs, in one file: each step is one function's work on AWS. */
const dynamodb = new DynamoDBClient();
const s3 = new S3Client({ forcePathStyle: true });
const cloudwatch = new CloudWatchClient();
const ses = new SESv2Client();

const { TABLE: TableName = '', BUCKET: Bucket = '', SENDER: FromEmailAddress = '' } = process.env;

interface Detail {
  readonly completionId: string;
  readonly playerId: string;
  readonly level: number;
  readonly score: number;
  readonly durationSeconds: number;
}

interface Loan {
  readonly loanId: string;
  readonly days: { readonly remind: readonly number[]; readonly renew: number; readonly close: number };
}

type Step = (input: { detail: Detail; loan: Loan }) => Promise<unknown>;

const read = async (pk: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }))).Item ?? {};
const write = (pk: string, members: Record<string, string>) => {
  const Item = Object.fromEntries(Object.entries({ pk, ...members }).map(([name, S]) => [name, { S }]));
  return dynamodb.send(new PutItemCommand({ TableName, Item }));
};
const add = (pk: string, amount: number) =>
  dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: pk } },
      UpdateExpression: 'ADD amount :amount',
      ExpressionAttributeValues: { ':amount': { N: String(amount) } },
      ReturnValues: 'ALL_NEW',
    }),
  );
const publish = (Namespace: string, values: Record<string, number>) =>
  cloudwatch.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: Object.entries(values).map(([MetricName, Value]) => ({ MetricName, Value })),
    }),
  );

const STEPS: Readonly<Record<string, Step>> = {
  async validate({ detail }) {
    if (typeof detail.completionId !== 'string') throw new Error('InvalidEvent');
  },
  loadPlayer: ({ detail }) => read(`player#${detail.playerId}`),
  recordCompletion: ({ detail }) => write(`completion#${detail.completionId}`, { detail: JSON.stringify(detail) }),
  updateProgress: ({ detail }) => add(`player#${detail.playerId}`, detail.score),
  loadBestScore: ({ detail }) => read(`best#${detail.level}#${detail.playerId}`),
  updateLeaderboard: ({ detail }) => add(`best#${detail.level}#${detail.playerId}`, detail.score),
  writeReport: ({ detail }) =>
    s3.send(new PutObjectCommand({ Bucket, Key: `${detail.completionId}.json`, Body: JSON.stringify(detail) })),
  publishMetrics: ({ detail: { score, durationSeconds } }) =>
    publish('Naive/Game', { Completions: 1, Score: score, Duration: durationSeconds }),
  gather: async ({ detail }) => ({ outcome: 'complete', completionId: detail.completionId }),

  registerLoan: ({ loan }) => write(`loan#${loan.loanId}`, { status: 'lent' }),
  sendMail: ({ loan }) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress,
        Destination: { ToAddresses: ['reader@example.com'] },
        Content: { Simple: { Subject: { Data: 'Your loan' }, Body: { Text: { Data: loan.loanId } } } },
      }),
    ),
  publishLoanMetric: () => publish('Naive/Library', { Loans: 1 }),
  async checkLoan({ loan }) {
    await read(`loan#${loan.loanId}`);
    const { Attributes } = await add(`days#${loan.loanId}`, 1);
    const day = Number(Attributes?.amount?.N);
    const { remind, renew, close } = loan.days;
    return { action: day === close ? 'close' : day === renew ? 'renew' : remind.includes(day) ? 'mail' : 'none' };
  },
  renewLoan: ({ loan }) => write(`loan#${loan.loanId}`, { status: 'renewed' }),
  closeLoan: ({ loan }) => write(`loan#${loan.loanId}`, { status: 'returned' }),
};

export async function handler(event: { step: string; detail: Detail; loan: Loan }): Promise<unknown> {
  const step = STEPS[event.step];
  if (!step) throw new Error(`There is no step '${event.step}'`);
  console.log(JSON.stringify({ step: event.step }));
  const { $metadata, ...result } = ((await step(event)) ?? {}) as { $metadata?: unknown };
  return result;
}
