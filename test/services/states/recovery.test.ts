import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalCloud, task, WAIT } from './local-cloud';

let dir: string;
let cloud: LocalCloud;
const reopen = async () => {
  const now = cloud.clock.now();
  await cloud.close();
  cloud = new LocalCloud({ dir, now });
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stepwright-states-'));
  cloud = new LocalCloud({ dir });
});
afterEach(async () => {
  await cloud.close();
  rmSync(dir, { recursive: true, force: true });
});

it('a nested execution is waited for over a restart, and not started twice', async () => {
  const StateMachineArn = await cloud.create(WAIT, 'child');
  const parent = task('arn:aws:states:::states:startExecution.sync:2', { StateMachineArn, Input: { a: 1 } });
  const { executionArn } = await cloud.run(parent);
  await reopen();
  await cloud.states.start();
  await cloud.work.idle();
  await cloud.clock.advanceBy(3_600_000);
  const { status, output } = await cloud.call('DescribeExecution', { executionArn });
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output).Output).toEqual({ a: 1 });
  const children = await cloud.call('ListExecutions', { stateMachineArn: StateMachineArn });
  expect(children.executions).toHaveLength(1);
});

it('what was created, tagged and handed out is there after a restart', async () => {
  const { activityArn } = await cloud.call('CreateActivity', { name: 'desk', tags: [{ key: 'a', value: 'b' }] });
  const { executionArn, stateMachineArn } = await cloud.run(task(activityArn, { item: 7 }));
  const { taskToken } = await cloud.call('GetActivityTask', { activityArn });
  const before = await cloud.call('DescribeStateMachine', { stateMachineArn });
  await reopen();
  await cloud.states.start();
  expect(await cloud.call('DescribeStateMachine', { stateMachineArn })).toEqual(before);
  expect((await cloud.call('ListTagsForResource', { resourceArn: activityArn })).tags).toEqual([
    { key: 'a', value: 'b' },
  ]);
  await cloud.call('SendTaskSuccess', { taskToken, output: '{}' });
  expect((await cloud.call('DescribeExecution', { executionArn })).status).toBe('SUCCEEDED');
});
