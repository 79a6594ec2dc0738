import fc from 'fast-check';
import type { Json } from '../../local/asl/json';
import { AwsError, type AwsShape } from '../../local/services/aws';
import { machines } from '../engine/machines';
import { LocalCloud, ROLE } from '../services/states/local-cloud';
import { LONG, runs } from './effort';
import { watchEventLoop } from './event-loop';
import { checkEvents } from './history';
import { deepText, mutated, oddJson, oddJsonText, oddText } from './oddities';

/**
 * Whatever definition and input come, through the API: an error of AWS's, or an execution whose history holds and that
 * ends or waits.
 */
watchEventLoop();

/** One state of each type with most of its fields, whose parts the mutations exchange. */
const samples: Json[] = [
  {
    Type: 'Pass',
    InputPath: '$',
    Parameters: { 'a.$': '$.a', b: { 'c.$': "States.Format('{}', $)" } },
    Result: 1,
    ResultPath: '$.r',
    Assign: { 'v.$': '$' },
    End: true,
  },
  { Type: 'Pass', QueryLanguage: 'JSONata', Output: { a: '{% $states.input %}' }, Assign: { v: '{% 1 %}' }, End: true },
  {
    Type: 'Choice',
    Choices: [
      { And: [{ Variable: '$.a', IsPresent: true }, { Not: { Variable: '$.a', NumericEquals: 1 } }], Next: 'End' },
      { Variable: '$.s', StringMatches: '*a*', Next: 'End' },
    ],
    Default: 'End',
  },
  {
    Type: 'Choice',
    QueryLanguage: 'JSONata',
    Choices: [{ Condition: '{% $states.input.a = 1 %}', Next: 'End' }],
    Default: 'End',
  },
  { Type: 'Wait', Seconds: 1, Next: 'End' },
  { Type: 'Wait', TimestampPath: '$.t', Next: 'End' },
  {
    Type: 'Map',
    ItemsPath: '$.list',
    ItemSelector: { 'i.$': '$$.Map.Item.Value' },
    MaxConcurrency: 1,
    ItemProcessor: { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } },
    Next: 'End',
  },
  {
    Type: 'Parallel',
    Branches: [{ StartAt: 'B', States: { B: { Type: 'Succeed' } } }],
    ResultSelector: { 'x.$': '$[0]' },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 2 }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'End' }],
    Next: 'End',
  },
  {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Parameters: { TableName: 't', 'Key.$': '$.a' },
    TimeoutSeconds: 5,
    Next: 'End',
  },
  { Type: 'Fail', ErrorPath: '$.a', CausePath: "States.Format('{}', $.s)" },
];

const sampled = fc.constantFrom(...samples).map((state) => ({
  StartAt: 'First',
  TimeoutSeconds: 60,
  States: { First: state, End: { Type: 'Succeed' } },
}));

const definition = fc.oneof(
  { weight: 4, arbitrary: mutated(sampled).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: mutated(machines as unknown as fc.Arbitrary<Json>).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: oddJsonText },
);

const input = fc.oneof(
  {
    weight: 3,
    arbitrary: oddJson.map((odd) => JSON.stringify({ a: odd, s: `${'a'.repeat(40)}b`, list: [odd, 1], t: odd })),
  },
  { weight: 1, arbitrary: oddJsonText },
);

it(
  'any definition with any input gives an error of AWS or a sound history',
  () =>
    fc.assert(
      fc.asyncProperty(definition, input, fc.array(oddJson, { maxLength: 3 }), async (text, given, answers) => {
        const cloud = new LocalCloud();
        const faults = jest.spyOn(console, 'error').mockReturnValue();
        cloud.play('dynamodb', () => ({ Item: (answers.shift() ?? {}) as AwsShape }));
        try {
          const machine = await orError(
            cloud.call('CreateStateMachine', { name: 'm', definition: text, roleArn: ROLE }),
          );
          const validated = await orError(cloud.call('ValidateStateMachineDefinition', { definition: text }));
          if (!machine) return;
          expect(validated).toMatchObject({ result: 'OK' });
          const { stateMachineArn } = machine;
          expect(await cloud.call('DescribeStateMachine', { stateMachineArn })).toMatchObject({ definition: text });
          const begun = await orError(cloud.call('StartExecution', { stateMachineArn, input: given }));
          if (!begun) return;
          for (let i = 0; i < 30; i++) {
            await cloud.work.idle();
            const { status } = await cloud.call('DescribeExecution', begun);
            if (status !== 'RUNNING') break;
            await cloud.clock.advanceBy(10_000);
          }
          const { status } = await cloud.call('DescribeExecution', begun);
          const { events } = await cloud.call('GetExecutionHistory', { ...begun, maxResults: 1000 });
          if (status !== 'RUNNING' && events.length < 1000) checkEvents(status, events);
          expect(faults).not.toHaveBeenCalled();
          expect(({} as Record<string, unknown>).x).toBeUndefined();
        } finally {
          faults.mockRestore();
          await cloud.close();
        }
      }),
      runs(150),
    ),
  LONG,
);

it(
  'what workers answer is taken or refused',
  () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(oddJsonText, deepText), oddText, async (output, token) => {
        const cloud = new LocalCloud();
        cloud.play('sqs', () => ({ MessageId: 'm' }));
        const Parameters = { QueueUrl: 'q', MessageBody: { 't.$': '$$.Task.Token' } };
        const Work = {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
          Parameters,
          ResultPath: '$.r',
          End: true,
        };
        const run = await cloud.run({ StartAt: 'Work', States: { Work } });
        const { t } = JSON.parse(cloud.asked[0]?.input.MessageBody);
        await orError(cloud.call('SendTaskSuccess', { taskToken: token, output }));
        const taken = await orError(cloud.call('SendTaskSuccess', { taskToken: t, output }));
        await cloud.work.idle();
        const { status, output: result } = await cloud.call('DescribeExecution', { executionArn: run.executionArn });
        expect(status).toBe(taken ? 'SUCCEEDED' : 'RUNNING');
        if (taken) expect(JSON.parse(result).r).toEqual(JSON.parse(JSON.stringify(JSON.parse(output))));
        await cloud.close();
      }),
      runs(60),
    ),
  LONG,
);

/** The answer, or undefined for an error that AWS knows. */
async function orError(call: Promise<AwsShape>): Promise<AwsShape | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    expect(error.status).toBeLessThan(500);
    return undefined;
  }
}
