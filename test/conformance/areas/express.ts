import { ARN, type Case, FUNCTION, fails, machine, ROLE, refused } from '../case';

/**
 * Developer Guide, "Choosing workflow type"; API Reference, StartSyncExecution.
 * https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
 */
const work = machine({ Work: { Type: 'Task', Resource: `${FUNCTION}:work` } });
const create = (definition: object, answer?: unknown) =>
  [
    'CreateStateMachine',
    { name: 'express', type: 'EXPRESS', definition: JSON.stringify(definition), roleArn: ROLE },
    answer,
  ] as const;

export const express: Case[] = [
  {
    name: 'StartSyncExecution answers the output',
    type: 'EXPRESS',
    definition: work,
    answers: { work: [{ done: true }] },
    output: { done: true },
  },
  {
    name: 'StartSyncExecution answers the error; the request itself succeeds',
    type: 'EXPRESS',
    definition: work,
    answers: { work: [fails('Boom', 'bad')] },
    error: 'Boom',
    cause: '{"errorType":"Boom","errorMessage":"bad"}',
  },
  {
    name: 'waits and retries count within StartSyncExecution',
    type: 'EXPRESS',
    definition: machine({
      Pause: { Type: 'Wait', Seconds: 20 },
      Work: { Type: 'Task', Resource: `${FUNCTION}:work`, Retry: [{ ErrorEquals: ['Boom'], IntervalSeconds: 2 }] },
    }),
    answers: { work: [fails('Boom'), 'done'] },
    output: 'done',
  },
  {
    name: 'an Express execution lives five minutes at most',
    type: 'EXPRESS',
    definition: machine({ Long: { Type: 'Wait', Seconds: 600 } }),
    status: 'TIMED_OUT',
  },
  {
    name: 'no job and no token is waited for, and no activity used',
    steps: [
      create(
        machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Parameters: {} } }),
        refused('InvalidDefinition'),
      ),
      create(
        machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: {} } }),
        refused('InvalidDefinition'),
      ),
      create(machine({ A: { Type: 'Task', Resource: `${ARN}:activity:desk` } }), refused('InvalidDefinition')),
    ],
  },
  {
    name: 'its executions are not described, listed or stopped',
    steps: [
      create(machine({ A: { Type: 'Pass' } })),
      ['ListExecutions', { stateMachineArn: `${ARN}:stateMachine:express` }, refused('StateMachineTypeNotSupported')],
      ['StartExecution', { stateMachineArn: `${ARN}:stateMachine:express`, name: 'one' }],
      ['DescribeExecution', { executionArn: '<executionArn>' }, refused('InvalidArn')],
      ['GetExecutionHistory', { executionArn: '<executionArn>' }, refused('InvalidArn')],
      ['StopExecution', { executionArn: '<executionArn>' }, refused('InvalidArn')],
    ],
  },
];
