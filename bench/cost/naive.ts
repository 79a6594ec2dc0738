import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Cloud } from '../../local/assembly/cloud';
import type { AwsShape } from '../../local/services/aws';
import { temporaryDirectory } from '../command/leftovers';

const SOURCES = join(__dirname, 'naive');
const DAY = 86_400_000;
const SENDER = 'naive@example.com';

/**
 * Runs the naive designs beside the application, in the same local cloud, and answers their executions' ARNs. Their
 * readers make no requests: what a loan's page would cost is left out.
 */
export async function playNaive(
  cloud: Cloud,
  detail: AwsShape,
  withLoan: boolean,
): Promise<{ game: string; loan?: string }> {
  const { path: directory, remove } = temporaryDirectory('naive');
  try {
    const functionArn = await setUp(cloud, directory);
    const game = await start(cloud, 'game-level-complete', functionArn, event(cloud, detail));
    if (!withLoan) return { game };
    // As the loan beside it: reminded, renewed, reminded again, returned.
    const days = { remind: [18, 37], renew: 19, close: 39 };
    const loan = await start(cloud, 'library-loan', functionArn, { loan: { loanId: 'naive-1', days } });
    for (let day = 0; day < 40; day++) {
      await cloud.clock.advanceBy(DAY);
      await cloud.work.idle();
    }
    return { game, loan };
  } finally {
    await remove();
  }
}

/** What a rule passes on. */
function event(cloud: Cloud, detail: AwsShape): AwsShape {
  const { accountId: account, region } = cloud.parts.identity;
  const envelope = {
    version: '0',
    id: 'naive',
    'detail-type': 'LevelCompleted',
    source: 'naive.game',
    account,
    region,
  };
  return { ...envelope, time: new Date(cloud.clock.now()).toISOString(), resources: [], detail };
}

/** A table, a bucket, a sender, and a function as Lambda makes one by default: x86, 128 MB. */
async function setUp(cloud: Cloud, codeDirectory: string): Promise<string> {
  await build({
    entryPoints: [join(SOURCES, 'steps.ts')],
    outfile: join(codeDirectory, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  const call = (service: string, operation: string, input: AwsShape) =>
    cloud.aws.call(service, operation, input, { via: 'cloudformation' });
  await call('dynamodb', 'CreateTable', {
    TableName: 'naive',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await call('s3', 'CreateBucket', { Bucket: 'naive-reports' });
  await call('sesv2', 'CreateEmailIdentity', { EmailIdentity: SENDER });
  const { arn } = await cloud.services.lambda.define({
    name: 'naive-step',
    codeDirectory,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    environment: { TABLE: 'naive', BUCKET: 'naive-reports', SENDER },
    timeoutSeconds: 30,
    memoryMb: 128,
    roleArn: 'arn:aws:iam::123456789012:role/naive',
    logGroup: '/aws/lambda/naive-step',
  });
  return arn;
}

async function start(cloud: Cloud, name: string, functionArn: string, input: AwsShape): Promise<string> {
  const text = readFileSync(join(SOURCES, `${name}.asl.json`), 'utf8');
  const call = (operation: string, request: AwsShape) => cloud.aws.call('sfn', operation, request, { via: 'bench' });
  const { stateMachineArn } = await call('CreateStateMachine', {
    name: `naive-${name}`,
    definition: text.replaceAll(`\${Function}`, functionArn),
    roleArn: 'arn:aws:iam::123456789012:role/naive',
  });
  const { executionArn } = await call('StartExecution', { stateMachineArn, input: JSON.stringify(input) });
  await cloud.work.idle();
  return executionArn;
}
