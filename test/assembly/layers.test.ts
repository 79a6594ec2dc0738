import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import { codeDirectory, synthesize, temporaryDirectory } from './synthesize';

const FOREIGN = 'arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsTypeScriptV2:30';

/** A folder that is a layer with the package `greeting`, which exports `text`. */
function greeting(text: string, others: readonly string[] = []): string {
  const directory = temporaryDirectory();
  for (const name of ['nodejs/node_modules/greeting', ...others]) {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'index.js'), `module.exports = '${text}'`);
  }
  return directory;
}

/** An app with a layer in a stack of its own, a function in another, and what is not run. */
function app(text: string, withOthers = false, removalPolicy = RemovalPolicy.DESTROY): string {
  return synthesize((cdk) => {
    const layers = new Stack(cdk, 'Layers');
    const own = new lambda.LayerVersion(layers, 'Own', {
      layerVersionName: 'greeting',
      removalPolicy,
      code: lambda.Code.fromAsset(greeting(text, withOthers ? ['bin', 'python'] : [])),
    });
    const stack = new Stack(cdk, 'App');
    const used: lambda.ILayerVersion[] = [own];
    if (withOthers) {
      const archive = join(temporaryDirectory(), 'layer.zip');
      writeFileSync(archive, 'PK');
      used.push(
        lambda.LayerVersion.fromLayerVersionArn(stack, 'Powertools', FOREIGN),
        new lambda.LayerVersion(stack, 'Archive', { code: lambda.Code.fromAsset(archive) }),
        new lambda.LayerVersion(stack, 'Elsewhere', {
          code: lambda.Code.fromBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'others'), 'layer.zip'),
        }),
      );
    }
    const greeter = new lambda.Function(stack, 'Greeter', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(
        codeDirectory(`exports.handler = async () => [require('greeting'), (await import('greeting')).default]`),
      ),
      layers: used,
      ...(withOthers && { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler' } }),
    });
    new CfnOutput(stack, 'Name', { value: greeter.functionName });
    new CfnOutput(stack, 'Layer', { value: own.layerVersionArn });
  });
}

/** Boots it, answers what the function answers, the layer's ARN, and the names of all layers there are. */
async function run(assemblyDir: string, dataDir: string) {
  const cloud = await Cloud.boot({ assemblyDir, dataDir });
  try {
    const call = (operation: string, input: object) => cloud.aws.call('lambda', operation, input, { via: 'test' });
    const { Payload } = await call('Invoke', { FunctionName: cloud.outputs.App?.Name });
    const { Layers } = await call('ListLayers', {});
    return {
      answer: JSON.parse(Buffer.from(Payload).toString()),
      arn: cloud.outputs.App?.Layer,
      names: Layers.map(({ LayerName }: { LayerName: string }) => LayerName),
      report: cloud.report,
    };
  } finally {
    await cloud.stop();
  }
}

test('functions use the layers of the app; an update is another version, and the old one is gone', async () => {
  const dataDir = temporaryDirectory();
  const hello = app('hello');
  const first = await run(hello, dataDir);
  expect(first).toMatchObject({
    answer: ['hello', 'hello'],
    arn: 'arn:aws:lambda:us-east-1:123456789012:layer:greeting:1',
    names: ['greeting'],
    report: { notRun: [], ignored: [], warnings: [] },
  });
  expect((await run(hello, dataDir)).arn).toBe(first.arn);
  const second = await run(app('goodbye'), dataDir);
  expect(second.answer).toEqual(['goodbye', 'goodbye']);
  expect(second.arn).toMatch(/:greeting:2$/);
  // The first version was deleted with the update.
  expect((await run(hello, dataDir)).arn).toMatch(/:greeting:3$/);
});

test('a retained version stays with what is in it when the layer is updated, and when it has left its template', async () => {
  const dataDir = temporaryDirectory();
  const retained = (text: string) => app(text, false, RemovalPolicy.RETAIN);
  const hello = retained('hello');
  const first = await run(hello, dataDir);
  expect(first.arn).toMatch(/:greeting:1$/);
  rmSync(hello, { recursive: true });
  expect((await run(retained('goodbye'), dataDir)).arn).toMatch(/:greeting:2$/);

  const user = synthesize((cdk) => {
    new Stack(cdk, 'Layers');
    const stack = new Stack(cdk, 'App');
    const greeter = new lambda.Function(stack, 'Greeter', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(`exports.handler = async () => require('greeting')`),
      layers: [lambda.LayerVersion.fromLayerVersionArn(stack, 'First', String(first.arn))],
    });
    new CfnOutput(stack, 'Name', { value: greeter.functionName });
  });
  expect(await run(user, dataDir)).toMatchObject({ answer: 'hello', names: ['greeting'], report: { warnings: [] } });
  // What was replaced keeps its number: the same content again is another version.
  expect((await run(retained('hello'), dataDir)).arn).toMatch(/:greeting:3$/);
  expect((await run(retained('hello'), dataDir)).arn).toMatch(/:greeting:3$/);
});

test('what of layers is not run, and which are not there, is said at the start; the function runs with the rest', async () => {
  const { answer, report } = await run(app('hello', true), temporaryDirectory());
  expect(answer).toEqual(['hello', 'hello']);
  expect(report.notRun.map(({ logicalId, reason }) => [logicalId.slice(0, -8), reason])).toEqual([
    ['Archive', 'content in an archive, only in a directory'],
    ['Elsewhere', 'content that is no asset of its stack'],
  ]);
  const notThere = (arn: string) => [
    'Greeter',
    expect.stringMatching(`^It uses the layer ${arn}\\S*, which is not there`),
  ];
  expect(report.warnings.map(({ logicalId, message }) => [logicalId.slice(0, -8), message])).toEqual([
    ['Own', 'There is no /opt here, where functions would find its bin; they find its modules.'],
    notThere(FOREIGN),
    notThere('arn:aws:lambda:us-east-1:123456789012:layer:App-Archive'),
    notThere('arn:aws:lambda:us-east-1:123456789012:layer:App-Elsewhere'),
    ['Greeter', 'AWS_LAMBDA_EXEC_WRAPPER names a script that is not run here.'],
  ]);
});
