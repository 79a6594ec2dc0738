import { ARN, type Case, machine, ROLE, refused } from '../case';

/**
 * AWS Step Functions API Reference: each operation's page, its errors, and "Common Errors".
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
const MACHINE = `${ARN}:stateMachine:m`;
const EXECUTION = `${ARN}:execution:m:run`;
const DATE = expect.any(Date);
const WAIT = JSON.stringify(machine({ W: { Type: 'Wait', Seconds: 60 } }));
const PASS = JSON.stringify(machine({ P: { Type: 'Pass' } }));
const create = (more: object = {}, answer?: unknown) =>
  ['CreateStateMachine', { name: 'm', definition: WAIT, roleArn: ROLE, ...more }, answer] as const;
const start = (more: object = {}, answer?: unknown) =>
  ['StartExecution', { stateMachineArn: MACHINE, name: 'run', ...more }, answer] as const;
const has = expect.objectContaining;

export const api: Case[] = [
  {
    name: 'CreateStateMachine is idempotent for the same name, definition, type, role and settings',
    steps: [
      create({}, { stateMachineArn: MACHINE, creationDate: DATE }),
      create({}, { stateMachineArn: MACHINE, creationDate: DATE }),
      create({ definition: PASS }, refused('StateMachineAlreadyExists', `State Machine Already Exists: '${MACHINE}'`)),
    ],
  },
  {
    name: 'CreateStateMachine refuses names and definitions',
    steps: [
      create({ name: 'no spaces' }, refused('InvalidName', "Invalid Name: 'no spaces'")),
      create({ name: 'x'.repeat(81) }, refused('ValidationException')),
      create({ definition: '{' }, refused('InvalidDefinition')),
      create({ definition: JSON.stringify({ StartAt: 'No', States: {} }) }, refused('InvalidDefinition')),
      create({ type: 'FAST' }, refused('ValidationException')),
      ['CreateStateMachine', { name: 'm', definition: PASS }, refused('ValidationException')],
    ],
  },
  {
    name: 'UpdateStateMachine changes what DescribeStateMachine tells; executions keep their definition',
    steps: [
      create(),
      start(),
      ['UpdateStateMachine', { stateMachineArn: MACHINE }, refused('MissingRequiredParameter')],
      ['UpdateStateMachine', { stateMachineArn: MACHINE, definition: PASS }, has({ updateDate: DATE })],
      [
        'DescribeStateMachine',
        { stateMachineArn: MACHINE },
        has({ definition: PASS, status: 'ACTIVE', type: 'STANDARD' }),
      ],
      ['DescribeStateMachineForExecution', { executionArn: EXECUTION }, has({ definition: WAIT })],
      [
        'DescribeStateMachine',
        { stateMachineArn: `${MACHINE}x` },
        refused('StateMachineDoesNotExist', `State Machine Does Not Exist: '${MACHINE}x'`),
      ],
      ['DescribeStateMachine', { stateMachineArn: 'nothing' }, refused('InvalidArn')],
    ],
  },
  {
    name: 'DeleteStateMachine succeeds for what is not there; nothing can be started after it',
    steps: [
      create(),
      ['DeleteStateMachine', { stateMachineArn: MACHINE }, {}],
      ['DeleteStateMachine', { stateMachineArn: MACHINE }, {}],
      start({}, refused('StateMachineDoesNotExist')),
      ['ListStateMachines', {}, has({ stateMachines: [] })],
    ],
  },
  {
    name: 'StartExecution is idempotent by name and input while the execution runs',
    steps: [
      create(),
      start({ input: '{"a":1}' }, { executionArn: EXECUTION, startDate: DATE }),
      start({ input: '{"a":1}' }, { executionArn: EXECUTION, startDate: DATE }),
      start({ input: '{"a":2}' }, refused('ExecutionAlreadyExists', `Execution Already Exists: '${EXECUTION}'`)),
      ['StopExecution', { executionArn: EXECUTION }, { stopDate: DATE }],
      start({ input: '{"a":1}' }, refused('ExecutionAlreadyExists')),
      start({ name: 'other', input: '{' }, refused('InvalidExecutionInput')),
      start({ name: 'a/b' }, refused('InvalidName')),
    ],
  },
  {
    name: 'StopExecution tells error and cause; stopping again changes nothing',
    steps: [
      create(),
      start(),
      ['StopExecution', { executionArn: EXECUTION, error: 'Enough', cause: 'why' }, { stopDate: DATE }],
      [
        'DescribeExecution',
        { executionArn: EXECUTION },
        has({ status: 'ABORTED', error: 'Enough', cause: 'why', stopDate: DATE }),
      ],
      [
        'StopExecution',
        { executionArn: `${EXECUTION}x` },
        refused('ExecutionDoesNotExist', `Execution Does Not Exist: '${EXECUTION}x'`),
      ],
    ],
  },
  {
    name: 'GetExecutionHistory pages, in both directions',
    steps: [
      create({ definition: PASS }),
      start(),
      [
        'GetExecutionHistory',
        { executionArn: EXECUTION, maxResults: 3 },
        has({ events: [has({ id: 1 }), has({ id: 2 }), has({ id: 3 })] }),
      ],
      [
        'GetExecutionHistory',
        { executionArn: EXECUTION, maxResults: 3, nextToken: '<nextToken>' },
        has({ events: [has({ id: 4, type: 'ExecutionSucceeded' })] }),
      ],
      [
        'GetExecutionHistory',
        { executionArn: EXECUTION, maxResults: 1, reverseOrder: true },
        has({ events: [has({ id: 4 })] }),
      ],
      ['GetExecutionHistory', { executionArn: EXECUTION, nextToken: 'none' }, refused('InvalidToken')],
      ['GetExecutionHistory', { executionArn: `${EXECUTION}x` }, refused('ExecutionDoesNotExist')],
    ],
  },
  {
    name: 'ListExecutions filters by status',
    steps: [
      create(),
      start(),
      start({ name: 'second' }),
      ['StopExecution', { executionArn: EXECUTION }],
      [
        'ListExecutions',
        { stateMachineArn: MACHINE, statusFilter: 'RUNNING' },
        has({ executions: [has({ name: 'second' })] }),
      ],
      [
        'ListExecutions',
        { stateMachineArn: MACHINE, statusFilter: 'ABORTED' },
        has({ executions: [has({ name: 'run' })] }),
      ],
      ['ListExecutions', { stateMachineArn: MACHINE, statusFilter: 'DONE' }, refused('ValidationException')],
      ['ListExecutions', {}, refused('ValidationException')],
    ],
  },
  {
    name: 'versions and aliases: an alias starts the version that it points to',
    steps: [
      create(
        { definition: PASS, publish: true, versionDescription: 'first' },
        has({ stateMachineVersionArn: `${MACHINE}:1` }),
      ),
      ['PublishStateMachineVersion', { stateMachineArn: MACHINE }, has({ stateMachineVersionArn: `${MACHINE}:1` })],
      [
        'CreateStateMachineAlias',
        { name: 'live', routingConfiguration: [{ stateMachineVersionArn: `${MACHINE}:1`, weight: 100 }] },
        { stateMachineAliasArn: `${MACHINE}:live`, creationDate: DATE },
      ],
      [
        'CreateStateMachineAlias',
        { name: 'half', routingConfiguration: [{ stateMachineVersionArn: `${MACHINE}:1`, weight: 50 }] },
        refused('ValidationException'),
      ],
      ['StartExecution', { stateMachineArn: `${MACHINE}:live`, name: 'run' }, has({ executionArn: EXECUTION })],
      [
        'DescribeExecution',
        { executionArn: EXECUTION },
        has({ stateMachineVersionArn: `${MACHINE}:1`, stateMachineAliasArn: `${MACHINE}:live` }),
      ],
      ['DeleteStateMachineVersion', { stateMachineVersionArn: `${MACHINE}:1` }, refused('ConflictException')],
      ['DeleteStateMachineAlias', { stateMachineAliasArn: `${MACHINE}:live` }, {}],
      ['DeleteStateMachineVersion', { stateMachineVersionArn: `${MACHINE}:1` }, {}],
    ],
  },
  {
    name: 'activities are created once, listed and deleted',
    steps: [
      ['CreateActivity', { name: 'desk' }, { activityArn: `${ARN}:activity:desk`, creationDate: DATE }],
      ['CreateActivity', { name: 'desk' }, { activityArn: `${ARN}:activity:desk`, creationDate: DATE }],
      ['DescribeActivity', { activityArn: `${ARN}:activity:desk` }, has({ name: 'desk' })],
      ['DeleteActivity', { activityArn: `${ARN}:activity:desk` }, {}],
      [
        'DescribeActivity',
        { activityArn: `${ARN}:activity:desk` },
        refused('ActivityDoesNotExist', `Activity Does Not Exist: '${ARN}:activity:desk'`),
      ],
      ['GetActivityTask', { activityArn: `${ARN}:activity:desk` }, refused('ActivityDoesNotExist')],
      ['CreateActivity', { name: '' }, refused('ValidationException')],
    ],
  },
  {
    name: 'tags',
    steps: [
      create({ tags: [{ key: 'a', value: '1' }] }),
      ['TagResource', { resourceArn: MACHINE, tags: [{ key: 'b', value: '2' }] }, {}],
      ['UntagResource', { resourceArn: MACHINE, tagKeys: ['a'] }, {}],
      ['ListTagsForResource', { resourceArn: MACHINE }, { tags: [{ key: 'b', value: '2' }] }],
      ['ListTagsForResource', { resourceArn: `${MACHINE}x` }, refused('ResourceNotFound')],
    ],
  },
  {
    name: 'ValidateStateMachineDefinition tells what is wrong and where; TestState plays one state',
    steps: [
      ['ValidateStateMachineDefinition', { definition: PASS }, has({ result: 'OK', diagnostics: [] })],
      [
        'ValidateStateMachineDefinition',
        { definition: JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }) },
        has({ result: 'FAIL', diagnostics: expect.arrayContaining([has({ severity: 'ERROR' })]) }),
      ],
      [
        'TestState',
        { definition: JSON.stringify({ Type: 'Pass', Result: 1, Next: 'B' }), roleArn: ROLE, input: '{}' },
        has({ status: 'SUCCEEDED', output: '1', nextState: 'B' }),
      ],
      [
        'TestState',
        { definition: JSON.stringify({ Type: 'Fail', Error: 'E', Cause: 'c' }), roleArn: ROLE },
        has({ status: 'FAILED', error: 'E', cause: 'c' }),
      ],
    ],
  },
  {
    name: 'RedriveExecution takes up a failed execution where it failed',
    steps: [
      create({ definition: JSON.stringify(machine({ A: { Type: 'Pass' }, F: { Type: 'Fail', Error: 'E' } })) }),
      start(),
      [
        'DescribeExecution',
        { executionArn: EXECUTION },
        has({ status: 'FAILED', redriveStatus: 'REDRIVABLE', redriveCount: 0 }),
      ],
      ['RedriveExecution', { executionArn: EXECUTION }, { redriveDate: DATE }],
      ['DescribeExecution', { executionArn: EXECUTION }, has({ status: 'FAILED', redriveCount: 1 })],
      create({ name: 'ok', definition: PASS }),
      ['StartExecution', { stateMachineArn: `${ARN}:stateMachine:ok`, name: 'run' }],
      ['RedriveExecution', { executionArn: `${ARN}:execution:ok:run` }, refused('ExecutionNotRedrivable')],
    ],
  },
];
