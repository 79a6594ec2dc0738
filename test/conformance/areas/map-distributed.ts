import { ARN, type Case, FUNCTION, fails, machine } from '../case';

/**
 * Amazon States Language, "Map State" in distributed mode; Developer Guide, "Using Map state in Distributed mode for
 * large-scale parallel workloads". https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
const distributed = (states: Record<string, object>, more: object = {}) =>
  machine({
    Each: {
      Type: 'Map',
      Label: 'each',
      ItemProcessor: machine(states, { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }),
      ...more,
    },
  });
const work = { Work: { Type: 'Task', Resource: `${FUNCTION}:work` } };

export const mapDistributed: Case[] = [
  {
    name: 'items run in executions of their own, of which the history tells only the map run',
    definition: distributed({ Item: { Type: 'Pass' } }, { ItemSelector: { 'v.$': '$$.Map.Item.Value' } }),
    input: ['a', 'b'],
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":["a","b"]}
      3 <- 2 MapStateStarted {"length":2}
      4 <- 3 MapRunStarted {"mapRunArn":"${ARN}:mapRun:machine/each:<uuid>"}
      5 <- 4 MapRunSucceeded
      6 <- 5 MapStateSucceeded
      7 <- 5 MapStateExited {"name":"Each","output":[{"v":"a"},{"v":"b"}]}
      8 <- 7 ExecutionSucceeded {"output":[{"v":"a"},{"v":"b"}]}`,
  },
  {
    name: 'the map run waits for the slowest of its executions',
    definition: distributed({ Pause: { Type: 'Wait', SecondsPath: '$' } }),
    input: [30, 5, 10],
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":[30,5,10]}
      3 <- 2 MapStateStarted {"length":3}
      4 <- 3 MapRunStarted {"mapRunArn":"${ARN}:mapRun:machine/each:<uuid>"}
      5 <- 4 MapRunSucceeded @30
      6 <- 5 MapStateSucceeded
      7 <- 5 MapStateExited {"name":"Each","output":[30,5,10]}
      8 <- 7 ExecutionSucceeded {"output":[30,5,10]}`,
  },
  {
    name: 'ItemBatcher gives each execution several items',
    definition: distributed(
      { Items: { Type: 'Pass' } },
      { ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { k: 1 } } },
    ),
    input: [1, 2, 3],
    output: [
      { BatchInput: { k: 1 }, Items: [1, 2] },
      { BatchInput: { k: 1 }, Items: [3] },
    ],
  },
  {
    name: 'more failures than are tolerated fail the state with States.ExceedToleratedFailureThreshold',
    definition: distributed(work, { MaxConcurrency: 1 }),
    input: [1, 2],
    answers: { work: [fails('Boom', 'bad'), 2] },
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  },
  {
    name: 'tolerated failures do not fail the state',
    definition: distributed(work, { MaxConcurrency: 1, ToleratedFailureCount: 1 }),
    input: [1, 2],
    answers: { work: [fails('Boom', 'bad'), 'done'] },
    status: 'SUCCEEDED',
  },
];
