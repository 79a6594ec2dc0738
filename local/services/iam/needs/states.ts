import type { AwsShape } from '../../aws';
import { each, type NeedsOfService, onAnyOf, textOf } from './need';

/**
 * Step Functions (…/list_awsstepfunctions.html). A version or an alias is called by its own ARN, and granted by that of its state
 * machine too (docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html). Who answers a task needs its state machine, or
 * an activity, since that may have given out the token.
 */
function onMachine(action: string, arn: unknown) {
  const resource = textOf(arn);
  const [whole, qualifier] = [resource.split(':').slice(0, 7).join(':'), resource.split(':')[7]];
  const or = qualifier === undefined ? [] : [{ action, resource: whole }];
  return [{ action, resource, or, keys: { 'states:StateMachineQualifier': qualifier } }];
}

const onExecution = (action: string, { executionArn }: AwsShape) => [{ action, resource: textOf(executionArn) }];

export const STATES_NEEDS: NeedsOfService = {
  ...each(
    [
      'StartExecution',
      'StartSyncExecution',
      'ListExecutions',
      'DescribeStateMachine',
      'UpdateStateMachine',
      'DeleteStateMachine',
      'ListStateMachineVersions',
      'ListStateMachineAliases',
      'PublishStateMachineVersion',
    ],
    (action, { stateMachineArn, mapRunArn }) =>
      mapRunArn === undefined ? onMachine(action, stateMachineArn) : [{ action, resource: textOf(mapRunArn) }],
    'states',
  ),
  ...each(
    [
      'StopExecution',
      'DescribeExecution',
      'GetExecutionHistory',
      'DescribeStateMachineForExecution',
      'RedriveExecution',
      'ListMapRuns',
    ],
    onExecution,
    'states',
  ),
  ...each(
    ['DescribeMapRun', 'UpdateMapRun'],
    (action, { mapRunArn }) => [{ action, resource: textOf(mapRunArn) }],
    'states',
  ),
  ...each(
    ['GetActivityTask', 'DescribeActivity', 'DeleteActivity'],
    (action, { activityArn }) => [{ action, resource: textOf(activityArn) }],
    'states',
  ),
  ...each(
    ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'],
    (action, _input, _place, resourcesOf) => onAnyOf(action, resourcesOf()),
    'states',
  ),
  ...each(
    ['ListStateMachines', 'ListActivities', 'CreateStateMachine', 'CreateActivity', 'TestState'],
    (action) => [{ action, resource: '*' }],
    'states',
  ),
  // What a Task of `http:invoke` is allowed by.
  InvokeHTTPEndpoint: ({ stateMachineArn, ApiEndpoint, Method }) => [
    {
      action: 'states:InvokeHTTPEndpoint',
      resource: textOf(stateMachineArn),
      keys: { 'states:HTTPEndpoint': ApiEndpoint, 'states:HTTPMethod': Method },
    },
  ],
};
