import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as eventTargets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { CfnOutput, CfnParameter, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import { stateMachineOf } from '../../local/testing';
import { synthesize, temporaryDirectory } from './synthesize';

const via = { via: 'test' };
const boot = (assemblyDir: string, dataDir?: string) => Cloud.boot({ assemblyDir, dataDir, clock: { scale: 0 } });
const resource = (cloud: Cloud, logicalId: string) =>
  cloud.report.deployed.find((one) => one.logicalId.startsWith(logicalId));

/** In a file, hence an asset. */
function definition(result: object): sfn.DefinitionBody {
  const file = join(temporaryDirectory(), 'say.asl.json');
  writeFileSync(file, JSON.stringify({ StartAt: 'Say', States: { Say: { Type: 'Pass', Result: result, End: true } } }));
  return sfn.DefinitionBody.fromFile(file);
}

/** A stack that nests two, one of which nests a third; each gets something from the others. */
const shop = (queueSeconds: number) =>
  synthesize((app) => {
    const stack = new Stack(app, 'Shop');
    const topic = new sns.Topic(stack, 'Topic');
    const jobs = new NestedStack(stack, 'Jobs');
    const table = new dynamodb.Table(new NestedStack(jobs, 'Deep'), 'Rows', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    const orders = new NestedStack(stack, 'Orders', { parameters: { Currency: 'EUR' } });
    const currency = new CfnParameter(orders, 'Currency', { allowedValues: ['EUR', 'SEK'] });
    new sfn.StateMachine(orders, 'Order', {
      definitionBody: definition({ table: '${Table}', topic: '${Topic}', in: '${In}', stack: '${Stack}', id: '${Id}' }),
      definitionSubstitutions: {
        Table: table.tableName,
        Topic: topic.topicArn,
        In: currency.valueAsString,
        Stack: orders.stackName,
        Id: orders.stackId,
      },
    });
    new sqs.Queue(stack, 'Told', { visibilityTimeout: Duration.seconds(queueSeconds) });
    new CfnOutput(stack, 'Table', { value: table.tableName });
    new CfnOutput(stack, 'OrdersId', { value: orders.stackId });
    new CfnOutput(new Stack(app, 'Elsewhere'), 'TableArn', { value: table.tableArn });
  });

describe('stacks in a stack', () => {
  const dataDir = temporaryDirectory();
  const assemblyDir = shop(30);
  const ORDERS = /^Shop-OrdersNestedStackOrdersNestedStackResource[0-9A-F]{8}-[0-9a-f]{8}$/;
  const revision = async ({ aws }: Cloud, stateMachineArn: string) => {
    const { revisionId, definition } = await aws.call('sfn', 'DescribeStateMachine', { stateMachineArn }, via);
    return { revisionId, result: JSON.parse(definition).States.Say.Result };
  };

  test('are deployed in the order of what they pass on, under names of their own', async () => {
    const cloud = await boot(assemblyDir, dataDir);
    try {
      const { report, outputs } = cloud;
      expect([...report.notRun, ...report.ignored, ...report.warnings, ...report.notes]).toEqual([]);
      const machine = report.deployed.find(({ type }) => type === 'AWS::StepFunctions::StateMachine');
      expect(machine?.stack).toMatch(ORDERS);
      const { table, topic, ...rest } = (await revision(cloud, machine?.ref as string)).result;
      expect(table).toBe(outputs.Shop?.Table);
      expect(topic).toBe(resource(cloud, 'Topic')?.ref);
      expect(rest).toEqual({ in: 'EUR', stack: machine?.stack, id: outputs.Shop?.OrdersId });
      expect(rest.id).toMatch(`arn:aws:cloudformation:us-east-1:123456789012:stack/${machine?.stack}/`);
      expect(outputs.Elsewhere?.TableArn).toBe(`arn:aws:dynamodb:us-east-1:123456789012:table/${table}`);
      expect(Object.keys(outputs)).toEqual(['Shop', 'Elsewhere']);
      const deep = resource(cloud, 'DeepNestedStack');
      expect(deep?.stack).toMatch(/^Shop-Jobs/);
      expect(resource(cloud, 'Rows')?.stack.startsWith(deep?.stack.slice(0, 60) as string)).toBe(true);
      await cloud.aws.call('dynamodb', 'PutItem', { TableName: table, Item: { id: { S: 'kept' } } }, via);
    } finally {
      await cloud.stop();
    }
  });

  test('keep their data, and stay as they are when another part changes', async () => {
    const before = await boot(assemblyDir, dataDir);
    const arn = before.report.deployed.find(({ type }) => type === 'AWS::StepFunctions::StateMachine')?.ref as string;
    const was = await revision(before, arn);
    await before.stop();
    const cloud = await boot(shop(60), dataDir);
    try {
      expect(await revision(cloud, arn)).toEqual(was);
      const { Items } = await cloud.aws.call('dynamodb', 'Scan', { TableName: cloud.outputs.Shop?.Table }, via);
      expect(Items).toEqual([{ id: { S: 'kept' } }]);
      const queue = { QueueUrl: resource(cloud, 'Told')?.ref, AttributeNames: ['All'] };
      const { Attributes } = await cloud.aws.call('sqs', 'GetQueueAttributes', queue, via);
      expect(Attributes.VisibilityTimeout).toBe('60');
    } finally {
      await cloud.stop();
    }
  });

  test("are no other app's when the data directory asks whose it is", async () => {
    const other = synthesize((app) => void new sns.Topic(new Stack(app, 'Other'), 'Topic'));
    await expect(boot(other, dataDir)).rejects.toThrow('it holds the stack Shop, and the assembly');
  });

  test('have state machines to test', async () => {
    const input = { table: expect.stringContaining('Rows'), in: 'EUR' };
    expect((await stateMachineOf(assemblyDir, 'Shop').run()).output).toMatchObject(input);
    expect((await stateMachineOf(assemblyDir, 'Shop/Orders/Order').run()).output).toMatchObject(input);
    await expect(stateMachineOf(assemblyDir, 'Shop/Jobs/Order').run()).rejects.toThrow(
      "has 0 state machines 'Shop/Jobs/Order'",
    );
  });
});

describe('a nested stack that changes', () => {
  const dataDir = temporaryDirectory();
  const timers = (build: (stack: Stack) => void) => synthesize((app) => build(new Stack(app, 'Timers')));
  const hourly = (scope: Stack, ruleName: string) => {
    const targets = [new eventTargets.SnsTopic(new sns.Topic(scope, 'Topic'))];
    return new events.Rule(scope, 'Hourly', { ruleName, targets, schedule: events.Schedule.rate(Duration.hours(1)) });
  };
  const rules = async (assemblyDir: string) => {
    const cloud = await boot(assemblyDir, dataDir);
    const { Rules } = await cloud.aws.call('eventbridge', 'ListRules', {}, via);
    await cloud.stop();
    return Rules.map(({ Name }: { Name: string }) => Name);
  };

  test('is deleted with all that it nests, and what moves between stacks stays', async () => {
    const deep = (stack: Stack, name: string) =>
      hourly(new NestedStack(new NestedStack(stack, 'Outer'), 'Inner'), name);
    expect(await rules(timers((stack) => hourly(stack, 'first')))).toEqual(['first']);
    expect(await rules(timers((stack) => deep(stack, 'first')))).toEqual(['first']);
    expect(await rules(timers((stack) => deep(stack, 'second')))).toEqual(['second']);
    expect(await rules(timers((stack) => hourly(stack, 'second')))).toEqual(['second']);
    await rules(timers((stack) => deep(stack, 'third')));
    expect(await rules(timers((stack) => new sns.Topic(stack, 'Topic')))).toEqual([]);
  });
});

describe('a nested stack that fails', () => {
  const dataDir = temporaryDirectory();
  /** With a queue before the nested stack, and in it a machine whose definition may be wrong. */
  const stages = (wait?: string) =>
    synthesize((app) => {
      const queue = new sqs.Queue(new Stack(app, 'Before'), wait ? 'Late' : 'Early');
      const stack = new Stack(app, 'Stages');
      stack.addStackDependency(Stack.of(queue));
      const own = new sqs.Queue(stack, wait ? 'Added' : 'Own');
      const nested = new NestedStack(stack, 'Inner');
      nested.node.addDependency(own);
      new sqs.Queue(nested, wait ? 'InnerAdded' : 'InnerOwn');
      const text = JSON.stringify({ StartAt: 'Say', States: { Say: { Type: wait ?? 'Pass', End: true } } });
      new sfn.StateMachine(nested, 'Machine', { definitionBody: sfn.DefinitionBody.fromString(text) });
    });
  const queues = async (cloud: Cloud) => {
    const { QueueUrls } = await cloud.aws.call('sqs', 'ListQueues', {}, via);
    return QueueUrls.map((url: string) => /(Before|Stages).*-(\w*?)[0-9A-F]{8}-\w+$/.exec(url)?.[2]).sort();
  };

  test('is told by its name and resource, and undoes what the stack above it did, but no other stack', async () => {
    const first = await boot(stages(), dataDir);
    expect(await queues(first)).toEqual(['Early', 'InnerOwn', 'Own']);
    await first.stop();
    await expect(boot(stages('Nothing'), dataDir)).rejects.toThrow(
      /Stages\.template\.json: InnerNestedStack\w+ \(AWS::CloudFormation::Stack\) cannot be deployed: .*StagesInner\w+\.nested\.template\.json: Machine\w+ \(AWS::StepFunctions::StateMachine\) cannot be deployed: InvalidDefinition/,
    );
    const again = await boot(stages(), dataDir);
    expect(await queues(again)).toEqual(['Early', 'InnerOwn', 'Late', 'Own']);
    await again.stop();
  });

  test.each<[string, (nested: NestedStack) => void, string]>([
    [
      'a parameter that it has not',
      (nested) => nested.nestedStackResource?.addPropertyOverride('Parameters.Nope', 'x'),
      'Parameters: [Nope] do not exist in the template.',
    ],
    [
      'a parameter without a value',
      (nested) => new CfnParameter(nested, 'Size'),
      'Parameters: [Size] must have values.',
    ],
    [
      'a value that is not allowed',
      (nested) => {
        new CfnParameter(nested, 'Size', { allowedValues: ['S', 'L'] });
        nested.nestedStackResource?.addPropertyOverride('Parameters.Size', 'M');
      },
      "Parameter 'Size' must be one of S, L.",
    ],
  ])('for %s', async (_case, spoil, message) => {
    const assemblyDir = synthesize((app) => {
      const nested = new NestedStack(new Stack(app, 'App'), 'Inner');
      new sns.Topic(nested, 'Topic');
      spoil(nested);
    });
    await expect(boot(assemblyDir)).rejects.toThrow(message);
  });
});

test('what is not run is missed across nested stacks, and so is a template from elsewhere', async () => {
  const assemblyDir = synthesize((app) => {
    const stack = new Stack(app, 'App');
    const code = lambda.Code.fromInline('def handler(event, context): pass');
    const snake = new lambda.Function(new NestedStack(stack, 'Functions'), 'Snake', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code,
    });
    const versions = new NestedStack(stack, 'Versions');
    new lambda.CfnVersion(versions, 'Inside', { functionName: snake.functionName });
    new lambda.CfnVersion(stack, 'Above', { functionName: snake.functionName });
    const foreign = new NestedStack(stack, 'Foreign');
    new sns.Topic(foreign, 'Topic');
    foreign.nestedStackResource?.addPropertyOverride('TemplateURL', 'https://s3.amazonaws.com/solutions/template.json');
    new CfnOutput(stack, 'Far', { value: foreign.nestedStackResource?.getAtt('Outputs.Url').toString() as string });
  });
  const cloud = await boot(assemblyDir);
  try {
    const notRun = cloud.report.notRun.map(({ stack, logicalId, reason }) => [
      stack.slice(0, 12),
      logicalId.replace(/[0-9A-F]{8}$/, ''),
      reason?.replace(/[0-9A-F]{8}$/, ''),
    ]);
    expect(notRun.sort()).toEqual([
      ['App', 'Above', 'needs Snake'],
      ['App', 'ForeignNestedStackForeignNestedStackResource', 'a template that is not in the assembly'],
      ['App-Function', 'Snake', 'runtime python3.13'],
      ['App-Versions', 'Inside', 'needs Snake'],
    ]);
    expect(cloud.outputs.App?.Far).toMatch(/\.Outputs\.Url$/);
  } finally {
    await cloud.stop();
  }
});

test('what nested stacks export and import orders the stacks at the top', async () => {
  const assemblyDir = synthesize((app) => {
    const reader = new NestedStack(new Stack(app, 'Reader'), 'Inner');
    new sns.CfnTopic(reader, 'Topic', { topicName: Fn.importValue('the-name') });
    const writer = new NestedStack(new Stack(app, 'Writer'), 'Inner');
    new CfnOutput(writer, 'Name', { value: new sqs.Queue(writer, 'Queue').queueName, exportName: 'the-name' });
  });
  const cloud = await boot(assemblyDir);
  try {
    const queue = resource(cloud, 'Queue')?.ref.split('/').at(-1);
    expect(resource(cloud, 'Topic')?.ref).toBe(`arn:aws:sns:us-east-1:123456789012:${queue}`);
  } finally {
    await cloud.stop();
  }
});
