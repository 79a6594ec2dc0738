import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';
import { readConfig } from '../../lib/config';
import { DefinitionError } from '../../lib/workflow/definition';
import { Workflow } from '../../lib/workflow/workflow';

const config = readConfig(() => undefined);
const task = (more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'GreetReader',
  States: {
    GreetReader: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: '${GreetFunctionArn}' },
      End: true,
      ...more,
    },
  },
});

describe('a workflow made from its definition file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'workflow-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function build(definition: unknown, substitutions?: Record<string, string>): Template {
    return Template.fromStack(synthesize(definition, substitutions));
  }

  function synthesize(
    definition: unknown,
    substitutions: Record<string, string> = { GreetFunctionArn: 'arn:greet' },
  ): Stack {
    writeFileSync(
      join(directory, 'greet.asl.json'),
      typeof definition === 'string' ? definition : JSON.stringify(definition, null, 2),
    );
    const stack = new Stack(new App(), 'Test');
    const operations = new Topic(stack, 'Operations');
    new Workflow(stack, 'Greet', { config, definition: 'greet', directory, substitutions, invokes: [], operations });
    return stack;
  }

  test('emits the file line by line, with its substitutions', () => {
    build(task()).hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'StepwrightGreet-dev',
      DefinitionString: JSON.stringify(task(), null, 2),
      DefinitionSubstitutions: { GreetFunctionArn: 'arn:greet' },
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: Match.objectLike({ Level: 'ERROR', IncludeExecutionData: false }),
    });
  });

  test('warns of what would be found only when it runs', () => {
    const stack = synthesize(task({ Output: '{% $misspelt %}' }));
    Annotations.fromStack(stack).hasWarning(
      '/Test/Greet',
      Match.stringLikeRegexp("greet.asl.json: /States/GreetReader/Output: Variable 'misspelt' is never assigned"),
    );
  });

  test('rings when executions fail, time out or are throttled', () => {
    const alarms = Object.values(build(task()).findResources('AWS::CloudWatch::Alarm'));
    const names = alarms.map(({ Properties }) => Properties.AlarmName).sort();
    expect(names).toEqual([
      'StepwrightGreet-dev-Failed',
      'StepwrightGreet-dev-Throttled',
      'StepwrightGreet-dev-TimedOut',
    ]);
    for (const { Properties } of alarms) expect(Properties.AlarmActions).toHaveLength(1);
  });

  test('has no right to invoke what it was not given', () => {
    const policies = build(task()).findResources('AWS::IAM::Policy');
    expect(JSON.stringify(policies)).not.toContain('lambda:');
  });

  test.each([
    [
      'a placeholder without a substitution',
      {},
      'greet.asl.json: placeholders without a substitution: GreetFunctionArn',
    ],
    [
      'a substitution without a placeholder',
      { GreetFunctionArn: 'a', WaveFunctionArn: 'b' },
      'greet.asl.json: placeholders substituted, but not used: WaveFunctionArn',
    ],
    [
      'both',
      { WaveFunctionArn: 'b' },
      'without a substitution: GreetFunctionArn; substituted, but not used: WaveFunctionArn',
    ],
  ])('is refused with %s', (_, substitutions, told) => {
    expect(() => build(task(), substitutions)).toThrow(DefinitionError);
    expect(() => build(task(), substitutions)).toThrow(told);
  });

  test.each([
    [
      'a transition into nowhere',
      task({ End: undefined, Next: 'Nowhere' }),
      /GreetReader[\s\S]*Nowhere|Nowhere[\s\S]*GreetReader/,
    ],
    ['an unknown field', task({ TimeoutSecond: 3 }), /GreetReader[\s\S]*TimeoutSecond/],
    ['a broken expression', task({ Output: '{% $states.result.( %}' }), /GreetReader/],
    ['text that is no JSON', '{ "StartAt": ', /greet\.asl\.json/],
  ])('is refused with %s, naming the state', (_, definition, told) => {
    const substitutions = typeof definition === 'string' ? {} : { GreetFunctionArn: 'arn:greet' };
    expect(() => build(definition, substitutions as Record<string, string>)).toThrow(DefinitionError);
    expect(() => build(definition, substitutions as Record<string, string>)).toThrow(told);
  });

  test('is refused without its file', () => {
    const stack = new Stack(new App(), 'Test');
    const operations = new Topic(stack, 'Operations');
    const props = { config, definition: 'missing', directory, substitutions: {}, invokes: [], operations };
    expect(() => new Workflow(stack, 'Missing', props)).toThrow(/missing\.asl\.json: cannot be read/);
  });
});
