import { ARN, type Case, FUNCTION, fails, machine } from '../case';

/**
 * Amazon States Language, "Map State" in distributed mode; Developer Guide, "Using Map state in Distributed mode for
 * large-scale parallel workloads". https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
const distributed = (states: Record<string, object>, more: object = {}, others: Record<string, object> = {}) =>
  machine({
    Each: {
      Type: 'Map',
      Label: 'each',
      ItemProcessor: machine(states, { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }),
      ...more,
    },
    ...others,
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
    name: 'JSONata: BatchInput may be one expression',
    definition: {
      ...distributed(
        { Items: { Type: 'Pass' } },
        {
          ItemBatcher: {
            MaxItemsPerBatch: '{% $states.input[0] + 1 %}',
            BatchInput: "{% {'first': $states.input[0]} %}",
          },
        },
      ),
      QueryLanguage: 'JSONata',
    },
    input: [1, 2, 3],
    output: [
      { BatchInput: { first: 1 }, Items: [1, 2] },
      { BatchInput: { first: 1 }, Items: [3] },
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
  {
    name: 'ItemReader reads the items of a JSON object in S3; their number is not known when the state starts',
    definition: distributed(
      { Item: { Type: 'Pass' } },
      { ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'b', Key: 'items.json' } } },
    ),
    answers: { 's3 GetObject': [{ Body: '[{"n":1},{"n":2}]' }] },
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":{}}
      3 <- 2 MapStateStarted {"length":0}
      4 <- 3 MapRunStarted {"mapRunArn":"${ARN}:mapRun:machine/each:<uuid>"}
      5 <- 4 MapRunSucceeded
      6 <- 5 MapStateSucceeded
      7 <- 5 MapStateExited {"name":"Each","output":[{"n":1},{"n":2}]}
      8 <- 7 ExecutionSucceeded {"output":[{"n":1},{"n":2}]}`,
  },
  {
    name: 'ItemReader makes objects of the rows of a CSV file by its first row; MaxItems bounds them',
    definition: distributed(
      { Item: { Type: 'Pass' } },
      {
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', MaxItems: 2 },
          Parameters: { Bucket: 'b', 'Key.$': '$.key' },
        },
      },
    ),
    input: { key: 'items.csv' },
    answers: { 's3 HeadObject': [{ ContentLength: 25 }], 's3 GetObject': [{ Body: 'a,b\n1,"x, y"\n2,z\n3,never' }] },
    output: [
      { a: '1', b: 'x, y' },
      { a: '2', b: 'z' },
    ],
  },
  {
    name: 'what cannot be read fails the state with States.ItemReaderFailed',
    definition: distributed(
      { Item: { Type: 'Pass' } },
      {
        ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'b', Key: 'none' } },
        Catch: [{ ErrorEquals: ['States.ItemReaderFailed'], ResultPath: null, Next: 'Caught' }],
        Next: 'Caught',
      },
      { Caught: { Type: 'Pass', Result: 'caught' } },
    ),
    answers: { 's3 GetObject': [fails('NoSuchKey', 'The specified key does not exist.')] },
    output: 'caught',
  },
];
