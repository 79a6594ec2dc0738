import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Template, template } from './assembly';

const stacks = [
  'StepwrightShared',
  'StepwrightHelloWorldRetries',
  'StepwrightGameLevelComplete',
  'StepwrightLibraryLoan',
];
const all = () => stacks.map((name) => [name, template(name)] as const);

function resources(of: Template, type: string) {
  return Object.entries(of.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({ id, ...resource }));
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** Every allow statement of every role's policies, with the policy's logical id. */
function statements(): { policy: string; actions: string[]; resources: unknown[] }[] {
  return all().flatMap(([, stack]) =>
    resources(stack, 'AWS::IAM::Policy').flatMap(({ id, Properties }) =>
      (Properties.PolicyDocument.Statement as Statement[])
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Action, Resource }) => ({ policy: id, actions: [Action].flat(), resources: [Resource].flat() })),
    ),
  );
}

/** What AWS offers only for all resources at once. */
const wildcards: Record<string, string> = {
  'logs:CreateLogDelivery': 'log deliveries have no ARN',
  'logs:GetLogDelivery': 'log deliveries have no ARN',
  'logs:UpdateLogDelivery': 'log deliveries have no ARN',
  'logs:DeleteLogDelivery': 'log deliveries have no ARN',
  'logs:ListLogDeliveries': 'log deliveries have no ARN',
  'logs:PutResourcePolicy': 'log resource policies have no ARN',
  'logs:DescribeResourcePolicies': 'log resource policies have no ARN',
  'logs:DescribeLogGroups': 'describes all or none',
  'xray:PutTraceSegments': 'traces have no ARN',
  'xray:PutTelemetryRecords': 'traces have no ARN',
  'xray:GetSamplingRules': 'sampling rules are read together',
  'xray:GetSamplingTargets': 'sampling rules are read together',
};

describe('least privilege', () => {
  test('no statement speaks of all resources without a listed reason', () => {
    const found = statements().filter(({ resources: named }) => named.includes('*'));
    expect(found.flatMap(({ actions }) => actions).filter((action) => !(action in wildcards))).toEqual([]);
    expect(new Set(found.flatMap(({ actions }) => actions))).toEqual(new Set(Object.keys(wildcards)));
  });

  test('no action has a wildcard', () => {
    expect(
      statements()
        .flatMap(({ actions }) => actions)
        .filter((action) => action.includes('*')),
    ).toEqual([]);
  });
});

describe('every stack', () => {
  test('keeps its logs as long as configured, and no longer', () => {
    const groups = all().flatMap(([, stack]) => resources(stack, 'AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThan(10);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(90);
  });

  test('keeps its tables and buckets when it is deleted', () => {
    const kept = all().flatMap(([, stack]) => [
      ...resources(stack, 'AWS::DynamoDB::Table'),
      ...resources(stack, 'AWS::S3::Bucket'),
    ]);
    expect(kept).toHaveLength(9);
    for (const { DeletionPolicy } of kept) expect(DeletionPolicy).toBe('Retain');
  });

  test('runs its functions on Node.js 24 and Arm, each with a log group of its own', () => {
    const functions = all().flatMap(([, stack]) => resources(stack, 'AWS::Lambda::Function'));
    expect(functions).toHaveLength(17);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(Properties.LoggingConfig.LogGroup).toBeDefined();
    }
  });

  test('needs no custom resource, key or network', () => {
    const types = all().flatMap(([, stack]) => Object.values(stack.Resources).map(({ Type }) => Type));
    expect(
      types.filter((type) => /^(Custom::|AWS::CloudFormation::CustomResource|AWS::KMS|AWS::EC2)/.test(type)),
    ).toEqual([]);
  });
});

test('each function calls a little shorter than its task waits', () => {
  const timeouts = (name: string) =>
    resources(template(name), 'AWS::Lambda::Function').map(({ Properties }) => Properties.Timeout);
  expect(timeouts('StepwrightHelloWorldRetries')).toEqual([5]);
  expect(timeouts('StepwrightGameLevelComplete')).toEqual([8, 8]);
  expect(new Set(timeouts('StepwrightLibraryLoan'))).toEqual(new Set([15]));
});

describe('the level event', () => {
  const stack = () => template('StepwrightGameLevelComplete');

  test('starts the workflow, and waits in a queue if it cannot be delivered', () => {
    const [rule] = resources(stack(), 'AWS::Events::Rule');
    expect(rule?.Properties.EventPattern).toEqual({ source: ['stepwright.game'], 'detail-type': ['LevelCompleted'] });
    const [target] = rule?.Properties.Targets ?? [];
    expect(target.Arn.Ref).toMatch(/^GameLevelCompleteStateMachine/);
    expect(target.DeadLetterConfig.Arn['Fn::GetAtt'][0]).toMatch(/^DeadLettersQueue/);
  });

  test('rings when a queue that should be empty is not, or repairs are late', () => {
    const queues = resources(stack(), 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties.Namespace === 'AWS/SQS',
    );
    expect(queues.map(({ Properties }) => Properties.AlarmName).sort()).toEqual([
      'StepwrightDeadLetters-dev-NotEmpty',
      'StepwrightRepairDeadLetters-dev-NotEmpty',
      'StepwrightRepairs-dev-Late',
    ]);
  });
});

describe('the library as a sender', () => {
  const sends = (stack: Template) => {
    const policies = resources(stack, 'AWS::IAM::Policy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const { Resource, Condition } = policies.find(({ Action }: Statement) => [Action].flat().includes('ses:SendEmail'));
    const names = (Resource as object[]).map(
      (arn) => /:(identity\/[^"]+|configuration-set)/.exec(JSON.stringify(arn))?.[1],
    );
    return { names, Condition };
  };

  test('has an identity of its own by default, and sends as itself alone', () => {
    const stack = template('StepwrightLibraryLoan');
    expect(resources(stack, 'AWS::SES::EmailIdentity')).toHaveLength(1);
    expect(sends(stack)).toEqual({
      names: ['configuration-set', 'identity/library@example.com'],
      Condition: { StringEquals: { 'ses:FromAddress': 'library@example.com' } },
    });
  });

  test('makes none where one exists, and may use that of its address or of its domain', () => {
    const library = { sender: 'desk@books.example.org', senderIdentity: 'existing' };
    const stack = template('StepwrightLibraryLoan', { library });
    expect(resources(stack, 'AWS::SES::EmailIdentity')).toEqual([]);
    expect(sends(stack)).toEqual({
      names: [
        'configuration-set',
        'identity/books.example.org',
        'identity/desk@books.example.org',
        'identity/example.org',
      ],
      Condition: { StringEquals: { 'ses:FromAddress': 'desk@books.example.org' } },
    });
  });

  test('hears of bounces and complaints through a topic that SES alone may publish to', () => {
    const stack = template('StepwrightLibraryLoan');
    const [destination] = resources(stack, 'AWS::SES::ConfigurationSetEventDestination');
    expect(destination?.Properties.EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['bounce', 'complaint'],
    });
    const topic = destination?.Properties.EventDestination.SnsDestination.TopicARN.Ref;
    const policy = resources(stack, 'AWS::SNS::TopicPolicy').find(
      ({ Properties }) => Properties.Topics[0].Ref === topic,
    );
    const allowed = policy?.Properties.PolicyDocument.Statement.filter(({ Effect }: Statement) => Effect === 'Allow');
    expect(allowed).toMatchObject([
      {
        Principal: { Service: 'ses.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: { StringEquals: expect.anything() },
      },
    ]);
  });
});

test("the game's API is closed to strangers", () => {
  const routes = resources(template('StepwrightGameLevelComplete'), 'AWS::ApiGatewayV2::Route');
  expect(routes.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['AWS_IAM', 'AWS_IAM', 'AWS_IAM']);
});

test("the reader's pages are open, and nothing else", () => {
  const routes = resources(template('StepwrightLibraryLoan'), 'AWS::ApiGatewayV2::Route').map(({ Properties }) => [
    Properties.RouteKey as string,
    Properties.AuthorizationType ?? 'NONE',
  ]);
  expect(routes.filter(([, type]) => type === 'NONE').map(([key]) => key)).toEqual([
    'GET /l/{linkToken}/{page}',
    'HEAD /l/{linkToken}/{page}',
    'POST /l/{linkToken}/{page}',
  ]);
  expect(new Set(routes.map(([, type]) => type))).toEqual(new Set(['NONE', 'AWS_IAM']));
});

test('operations hear of every execution of the library that stops', () => {
  const [rule] = resources(template('StepwrightLibraryLoan'), 'AWS::Events::Rule');
  const { source, detail } = rule?.Properties.EventPattern ?? {};
  expect({ source, status: detail.status }).toEqual({
    source: ['aws.states'],
    status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
  });
  expect(detail.stateMachineArn.map(({ Ref }: { Ref: string }) => Ref.replace(/[0-9A-F]{8}$/, ''))).toEqual([
    'LibraryLoanStateMachine',
    'LibraryHoldStateMachine',
  ]);
});

describe('the definitions', () => {
  interface Definition {
    States: Record<string, State>;
  }
  interface State {
    Type: string;
    Comment?: string;
    TimeoutSeconds?: number;
    Retry?: unknown[];
    Branches?: Definition[];
    ItemProcessor?: Definition;
  }
  const states = (definition: Definition): [string, State][] =>
    Object.entries(definition.States).flatMap(([name, state]) => [
      [name, state] as [string, State],
      ...[...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])].flatMap(states),
    ]);
  const folder = join(__dirname, '..', '..', 'statemachines');
  const files = readdirSync(folder).filter((file) => file.endsWith('.asl.json'));
  const read = (file: string) =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as Definition & { QueryLanguage: string };

  test.each(files)('%s: every task has an end and a deliberate retry', (file) => {
    const tasks = states(read(file)).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.length).toBeGreaterThan(0);
    const careless = tasks.filter(([, { TimeoutSeconds, Retry }]) => !TimeoutSeconds || !Retry || Retry.length === 0);
    expect(careless.map(([name]) => name)).toEqual([]);
  });

  test.each(files)('%s is written in JSONata', (file) => {
    expect(read(file).QueryLanguage).toBe('JSONata');
  });

  test('reach the template as they stand in the file', () => {
    const machines = resources(template('StepwrightLibraryLoan'), 'AWS::StepFunctions::StateMachine');
    const machine = machines.find(({ id }) => id.startsWith('LibraryLoan'));
    expect(machine?.Properties.DefinitionString).toBe(readFileSync(join(folder, 'library-loan.asl.json'), 'utf8'));
  });
});
