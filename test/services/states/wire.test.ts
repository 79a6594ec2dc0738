import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { WireServer } from '../../../local/services/wire/server';
import { LocalCloud, ROLE, task } from './local-cloud';

let cloud: LocalCloud;
let wire: WireServer;
let client: SFNClient;
beforeEach(async () => {
  cloud = new LocalCloud({ now: Date.now() });
  wire = new WireServer(cloud.parts);
  const { url } = await wire.start();
  const { accessKeyId, secretAccessKey, region } = cloud.parts.identity;
  client = new SFNClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await wire.stop();
  await cloud.close();
});

it('the SDK creates, starts, works and reads over HTTP', async () => {
  const { activityArn } = await client.send(new CreateActivityCommand({ name: 'desk' }));
  const definition = JSON.stringify(task(activityArn ?? '', { item: 7 }));
  const machine = await client.send(new CreateStateMachineCommand({ name: 'loan', definition, roleArn: ROLE }));
  const { stateMachineArn } = machine;
  const { executionArn, startDate } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  expect(startDate).toEqual(new Date(cloud.clock.now()));

  const { taskToken, input } = await client.send(new GetActivityTaskCommand({ activityArn, workerName: 'ann' }));
  expect(input).toBe('{"item":7}');
  await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"good":true}' }));
  const again = client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  await expect(again).rejects.toBeInstanceOf(TaskTimedOut);

  const described = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(described).toMatchObject({ status: 'SUCCEEDED', output: '{"good":true}' });
  const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events?.map(({ type }) => type)).toContain('ActivitySucceeded');
  expect(events?.[0]?.timestamp).toBeInstanceOf(Date);
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  expect(executions?.map(({ status }) => status)).toEqual(['SUCCEEDED']);
});

it('refuses a request of more than a megabyte', async () => {
  const definition = JSON.stringify({ Comment: 'x'.repeat(1_048_576), ...task('none', {}) });
  const creation = client.send(new CreateStateMachineCommand({ name: 'loan', definition, roleArn: ROLE }));
  await expect(creation).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
});
