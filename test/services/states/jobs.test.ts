import type { AwsShape } from '../../../local/services/aws';
import { parametersFor } from '../../asl/integrations/parameters-for';
import { LocalCloud, task } from './local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

/** Starts the job and moves the clock until its service has told of it `looks` times. */
async function run(resource: string, parameters: object, looks = 3): Promise<AwsShape> {
  const { executionArn } = await cloud.run(task(`arn:aws:states:::${resource}`, parameters));
  await cloud.clock.advanceBy(looks * 2000);
  return cloud.call('DescribeExecution', { executionArn });
}

const leastFor = (resource: string) => parametersFor(`arn:aws:states:::${resource}`).Parameters ?? {};

const BATCH = { JobName: 'n', JobQueue: 'q', JobDefinition: 'd' };

/** Batch with a job that is done at the third look. */
function playBatch(status: string): void {
  let looks = 0;
  cloud.play('batch', (operation) => {
    if (operation !== 'DescribeJobs') return { jobId: 'j', jobName: 'n' };
    looks += 1;
    return { jobs: [{ jobId: 'j', status: looks < 3 ? 'RUNNING' : status, container: { exitCode: 1 } }] };
  });
}

test('a job is waited for and described', async () => {
  playBatch('SUCCEEDED');
  const { status, output, executionArn } = await run('batch:submitJob.sync', BATCH);
  expect([status, JSON.parse(output)]).toEqual([
    'SUCCEEDED',
    { JobId: 'j', Status: 'SUCCEEDED', Container: { ExitCode: 1 } },
  ]);
  expect(cloud.asked.map(({ operation, input }) => [operation, input])).toEqual([
    ['SubmitJob', { jobName: 'n', jobQueue: 'q', jobDefinition: 'd' }],
    ...Array.from({ length: 3 }, () => ['DescribeJobs', { jobs: ['j'] }]),
  ]);
  const submitted = (await cloud.events(executionArn)).find(({ type }) => type === 'TaskSubmitted');
  expect(JSON.parse(submitted?.taskSubmittedEventDetails.output)).toMatchObject({ JobId: 'j', JobName: 'n' });
});

test('what a job is told and tells by names of its own is not renamed', async () => {
  const parameters = { InputFile: 'a', outputFile: 'b' };
  cloud.play('batch', (operation) =>
    operation === 'DescribeJobs' ? { jobs: [{ jobId: 'j', status: 'SUCCEEDED', parameters }] } : { jobId: 'j' },
  );
  const { output } = await run('batch:submitJob.sync', { ...BATCH, Parameters: parameters });
  expect(cloud.asked[0]?.input.parameters).toEqual(parameters);
  expect(JSON.parse(output)).toEqual({ JobId: 'j', Status: 'SUCCEEDED', Parameters: parameters });
});

test('a job that fails fails its task with its description', async () => {
  playBatch('FAILED');
  const { status, error, cause } = await run('batch:submitJob.sync', BATCH);
  expect([status, error, JSON.parse(cause).Status]).toEqual(['FAILED', 'States.TaskFailed', 'FAILED']);
});

test('a job is not waited for without .sync', async () => {
  playBatch('SUCCEEDED');
  expect(JSON.parse((await run('batch:submitJob', BATCH)).output)).toMatchObject({ JobId: 'j', JobName: 'n' });
  expect(cloud.asked).toHaveLength(1);
});

test('a task that is stopped stops its job', async () => {
  playBatch('RUNNING');
  const { executionArn } = await run('batch:submitJob.sync', BATCH);
  await cloud.call('StopExecution', { executionArn });
  await cloud.work.idle();
  expect(cloud.asked.at(-1)).toMatchObject({ operation: 'TerminateJob', input: { jobId: 'j' } });
  const asked = cloud.asked.length;
  await cloud.clock.advanceBy(60_000);
  expect(cloud.asked).toHaveLength(asked);
});

test.each<[string, object, Record<string, AwsShape>, AwsShape]>([
  [
    'ecs:runTask.sync',
    { Cluster: 'c', TaskDefinition: 'd' },
    {
      RunTask: { tasks: [{ taskArn: 't' }] },
      DescribeTasks: { tasks: [{ taskArn: 't', lastStatus: 'STOPPED', containers: [{ exitCode: 0 }] }] },
    },
    { TaskArn: 't', LastStatus: 'STOPPED', Containers: [{ ExitCode: 0 }] },
  ],
  [
    'glue:startJobRun.sync',
    { JobName: 'g' },
    { StartJobRun: { JobRunId: 'r' }, GetJobRun: { JobRun: { Id: 'r', JobRunState: 'SUCCEEDED' } } },
    { Id: 'r', JobRunState: 'SUCCEEDED' },
  ],
  [
    'sagemaker:createTransformJob.sync',
    { TransformJobName: 's' },
    {
      CreateTransformJob: { TransformJobArn: 'a' },
      DescribeTransformJob: { TransformJobName: 's', TransformJobStatus: 'Completed' },
    },
    { TransformJobName: 's', TransformJobStatus: 'Completed' },
  ],
])('%s ends with its job', async (resource, parameters, answers, expected) => {
  cloud.play(resource.split(':')[0] as string, (operation) => answers[operation] as AwsShape);
  const { status, output } = await run(resource, { ...leastFor(resource), ...parameters });
  expect([status, output && JSON.parse(output)]).toEqual(['SUCCEEDED', expected]);
});

test.each<[string, Record<string, AwsShape>]>([
  [
    'ecs:runTask.sync',
    { RunTask: { tasks: [{ taskArn: 't' }] }, DescribeTasks: { tasks: [{ lastStatus: 'STOPPED', containers: [{}] }] } },
  ],
  ['glue:startJobRun.sync', { StartJobRun: {}, GetJobRun: { JobRun: { JobRunState: 'TIMEOUT' } } }],
  [
    'sagemaker:createTrainingJob.sync',
    { CreateTrainingJob: {}, DescribeTrainingJob: { TrainingJobStatus: 'Stopped' } },
  ],
])('%s fails with its job', async (resource, answers) => {
  cloud.play(resource.split(':')[0] as string, (operation) => answers[operation] as AwsShape);
  expect(await run(resource, leastFor(resource))).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
});

test('an execution that runs elsewhere is looked at until it ends', async () => {
  const arn = 'arn:aws:states:us-east-1:210987654321:execution:other:one';
  const stateMachineArn = await cloud.create(
    task('arn:aws:states:::states:startExecution.sync:2', { StateMachineArn: 'arn:aws:states:us-east-1:2:x:other' }),
  );
  const { executionArn } = await startWithStatesElsewhere(stateMachineArn, arn);
  await cloud.clock.advanceBy(10_000);
  const { status, output } = await cloud.states.call('DescribeExecution', { executionArn }, { via: 'test' });
  expect([status, JSON.parse(output)]).toMatchObject(['SUCCEEDED', { ExecutionArn: arn, Output: { done: true } }]);
});

/** Step Functions as its own tasks see it is another one; the test goes on calling this one. */
async function startWithStatesElsewhere(stateMachineArn: string, arn: string): Promise<AwsShape> {
  let looks = 0;
  cloud.play('sfn', (operation) => {
    if (operation === 'StartExecution') return { executionArn: arn, startDate: new Date(cloud.clock.now()) };
    looks += 1;
    const ended = { status: 'SUCCEEDED', output: '{"done":true}' };
    return { executionArn: arn, ...(looks < 3 ? { status: 'RUNNING' } : ended) };
  });
  return cloud.states.call('StartExecution', { stateMachineArn }, { via: 'test' });
}
