import { resolve } from 'node:path';
import { Cloud } from '../../local/assembly/cloud';
import { stateMachine, stateMachineOf } from '../../local/testing';
import { writeAssembly } from '../assembly/synthesize';

const pass = (Result: string) => ({ StartAt: 'Say', States: { Say: { Type: 'Pass', Result, End: true } } });

const machine = (definition: object, more: object = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: 'arn:aws:iam::123456789012:role/r', DefinitionString: JSON.stringify(definition), ...more },
});

/** The state machine 'Machine' as the local cloud describes it. */
async function deployedMachine(assemblyDir: string) {
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    const stateMachineArn = cloud.report.deployed.find(({ logicalId }) => logicalId === 'Machine')?.ref;
    return await cloud.aws.call('sfn', 'DescribeStateMachine', { stateMachineArn }, { via: 'test' });
  } finally {
    await cloud.stop();
  }
}

describe('a definition', () => {
  test('that AWS would refuse is refused, with the reason', async () => {
    const broken = stateMachine({ StartAt: 'Nowhere', States: { Say: { Type: 'Succeed' } } }, { name: 'broken' });

    await expect(broken.start()).rejects.toThrow(/^broken: Invalid State Machine Definition: '.*Nowhere/);
  });

  test('whose file is not there is refused, and what is none', async () => {
    await expect(stateMachine(undefined as never).start()).rejects.toThrow(
      'StateMachine: Invalid State Machine Definition',
    );
    await expect(stateMachine('no/such.asl.json').start()).rejects.toThrow(
      `The definition ${resolve('no/such.asl.json')} cannot be read: there is no such file.`,
    );
    await expect(stateMachine('test').start()).rejects.toThrow(
      `The definition ${resolve('test')} cannot be read: it is a folder.`,
    );
  });

  test('has its placeholders filled; those without a value stay', async () => {
    const greeting = stateMachine(pass('${Greeting}, ${Name}!'), { substitutions: { Greeting: 'Hello' } });

    expect((await greeting.start()).output).toBe('Hello, ${Name}!');
  });

  test('takes no option that there is not', () => {
    expect(() => stateMachine(pass(''), { substitution: {}, tipe: 'EXPRESS' } as object)).toThrow(
      'stateMachine has no option substitution, tipe; its options are tasks, substitutions, type and name.',
    );
    expect(() => stateMachineOf('cdk.out', 'Orders', { name: 'orders' } as object)).toThrow(
      'stateMachineOf has no option name; its option is tasks.',
    );
    expect(() => stateMachine({}, { type: 'express' as 'EXPRESS' })).toThrow(
      "A state machine's type is STANDARD or EXPRESS, not 'express'.",
    );
    expect(() => stateMachine({}, { tasks: 5 as never })).toThrow(
      'The tasks of stateMachine are an object of mocks by the names of states, not 5.',
    );
  });

  test('of an Express workflow ends within five minutes', async () => {
    const slow = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 301, End: true } } };

    expect((await stateMachine(slow, { type: 'EXPRESS' }).run()).status).toBe('TIMED_OUT');
    expect((await stateMachine(slow).run()).status).toBe('SUCCEEDED');
  });
});

describe('a state machine of a synthesized stack', () => {
  const assembly = writeAssembly('Orders', {
    Desk: { Type: 'AWS::StepFunctions::Activity', Properties: { Name: 'desk' } },
    Charge: {
      Type: 'AWS::Lambda::Function',
      Properties: { Runtime: 'python3.13', Environment: { Variables: { Key: { 'Fn::ImportValue': 'nowhere' } } } },
    },
    BillingAB12: machine(
      {
        StartAt: 'Bill',
        States: {
          Bill: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: '${Charge}' },
            Next: 'Check',
          },
          Check: { Type: 'Task', Resource: '${Desk}', End: true },
        },
      },
      { DefinitionSubstitutions: { Charge: { 'Fn::GetAtt': ['Charge', 'Arn'] }, Desk: { Ref: 'Desk' } } },
    ),
    ShippingCD34: machine(pass('shipped'), { StateMachineType: 'EXPRESS' }),
  });

  test('is found by its logical id, with what the stack puts into it', async () => {
    const billing = stateMachineOf(assembly, 'Orders/Billing', { tasks: { Bill: { Payload: {} } } });
    const execution = await billing.start();

    expect(execution.calls('Bill')).toEqual([
      {
        FunctionName: expect.stringMatching(
          /^arn:aws:lambda:us-east-1:123456789012:function:Orders-Charge-[0-9a-f]{8}$/,
        ),
      },
    ]);
    await execution.task('Check').succeed('checked');
    expect(execution.output).toBe('checked');
  });

  test('is found by its stack, when it is the only one', async () => {
    const single = writeAssembly('Shipping', { Machine: machine(pass('shipped')) });

    expect((await stateMachineOf(single, 'Shipping').start()).output).toBe('shipped');
  });

  test.each([
    ['Orders', 2],
    ['Orders/Refund', 0],
    ['Order', 0],
  ])('that is not told apart or not there (%s) is refused, with those that are', async (path, count) => {
    await expect(stateMachineOf(assembly, path).start()).rejects.toThrow(
      `has ${count} state machines '${path}', not 1 of: Orders/BillingAB12, Orders/ShippingCD34`,
    );
  });

  test('has the names that the local cloud gives, and addresses on AWS', async () => {
    const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
    const names = {
      function: { Ref: 'Work' },
      functionArn: arn('Work'),
      version: { Ref: 'WorkVersion' },
      table: { Ref: 'Table' },
      tableArn: arn('Table'),
      bucket: { Ref: 'Bucket' },
      bucketArn: arn('Bucket'),
      topic: { Ref: 'Topic' },
      queueArn: arn('Queue'),
      queueUrl: { Ref: 'Queue' },
      bus: { Ref: 'Bus' },
      busArn: arn('Bus'),
      log: arn('Log'),
      role: arn('Role'),
      desk: { Ref: 'Desk' },
      other: { Ref: 'Other' },
      secret: { Ref: 'Secret' },
      api: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] },
    };
    const key = {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    };
    const all = writeAssembly('All', {
      Work: {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: '' }, Role: arn('Role') },
      },
      WorkVersion: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Work' } } },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST', ...key } },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true } },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } },
      Log: { Type: 'AWS::Logs::LogGroup' },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
      Desk: { Type: 'AWS::StepFunctions::Activity', Properties: { Name: 'desk' } },
      Other: machine(pass('other')),
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x' } },
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'orders', ProtocolType: 'HTTP' } },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: 'arn:aws:iam::123456789012:role/r',
          Definition: { StartAt: 'Say', States: { Say: { Type: 'Pass', Result: names, End: true } } },
        },
      },
    });
    const described = await deployedMachine(all);
    const there = JSON.parse(described.definition).States.Say.Result;
    const { output } = await stateMachineOf(all, 'All/Machine').start();
    const here = output as Record<keyof typeof names, string>;

    expect(here.queueUrl).toBe(`https://sqs.us-east-1.amazonaws.com/123456789012/${here.queueArn.split(':').at(-1)}`);
    expect(here.api).toMatch(/^https:\/\/[0-9a-f]{8}\.execute-api\.us-east-1\.amazonaws\.com$/);
    expect(here.secret.slice(0, -6)).toBe(there.secret.slice(0, -6));
    const { queueUrl, api, secret } = here;
    expect({ ...there, queueUrl, api, secret }).toEqual(here);
  });
});
