import { LocalCloud, PASS, ROLE, WAIT } from './local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine';
const update = (more: object) => cloud.call('UpdateStateMachine', { stateMachineArn: ARN, ...more });
const publish = (more: object = {}) => cloud.call('PublishStateMachineVersion', { stateMachineArn: ARN, ...more });
const versions = async () =>
  (await cloud.call('ListStateMachineVersions', { stateMachineArn: ARN })).stateMachineVersions.map(
    ({ stateMachineVersionArn }: { stateMachineVersionArn: string }) => stateMachineVersionArn,
  );

describe('publishing', () => {
  it('at creation is part of the idempotency', async () => {
    const input = { name: 'machine', definition: JSON.stringify(PASS), roleArn: ROLE, publish: true };
    const created = { stateMachineArn: ARN, creationDate: expect.any(Date), stateMachineVersionArn: `${ARN}:1` };
    expect(await cloud.call('CreateStateMachine', input)).toEqual(created);
    expect(await cloud.call('CreateStateMachine', input)).toEqual(created);
    const error = async (more: object) => (await cloud.error('CreateStateMachine', { ...input, ...more })).code;
    expect(await error({ publish: false })).toBe('StateMachineAlreadyExists');
    expect(await error({ versionDescription: 'other' })).toBe('StateMachineAlreadyExists');
  });

  it('makes one version of a revision, and never uses a number again', async () => {
    await cloud.create(PASS);
    expect((await publish()).stateMachineVersionArn).toBe(`${ARN}:1`);
    expect((await publish({ description: 'again' })).stateMachineVersionArn).toBe(`${ARN}:1`);
    const second = await update({ definition: JSON.stringify(WAIT), publish: true, versionDescription: 'waits' });
    expect(second.stateMachineVersionArn).toBe(`${ARN}:2`);
    expect(await versions()).toEqual([`${ARN}:2`, `${ARN}:1`]);
    await cloud.call('DeleteStateMachineVersion', { stateMachineVersionArn: `${ARN}:2` });
    await cloud.call('DeleteStateMachineVersion', { stateMachineVersionArn: `${ARN}:2` });
    expect((await publish()).stateMachineVersionArn).toBe(`${ARN}:3`);
    expect(await versions()).toEqual([`${ARN}:3`, `${ARN}:1`]);
  });

  it('publishes only the revision that the caller means', async () => {
    await cloud.create(PASS);
    const { revisionId } = await update({ definition: JSON.stringify(WAIT) });
    expect(await cloud.error('PublishStateMachineVersion', { stateMachineArn: ARN, revisionId: 'INITIAL' })).toEqual({
      code: 'ConflictException',
      message: `Failed to publish the State Machine version for revision INITIAL. The current State Machine revision is ${revisionId}.`,
    });
    expect((await publish({ revisionId })).stateMachineVersionArn).toBe(`${ARN}:1`);
    const unknown = { stateMachineArn: `${ARN}:1` };
    expect((await cloud.error('PublishStateMachineVersion', unknown)).code).toBe('StateMachineDoesNotExist');
  });

  it('publishes the first revision as INITIAL', async () => {
    await cloud.create(PASS);
    expect((await publish({ revisionId: 'INITIAL' })).stateMachineVersionArn).toBe(`${ARN}:1`);
  });

  it('ends at a thousand versions', async () => {
    await cloud.create(PASS);
    for (let n = 0; n < 1000; n += 1) await update({ roleArn: `${ROLE}-${n}`, publish: true });
    await update({ roleArn: ROLE });
    expect((await cloud.error('PublishStateMachineVersion', { stateMachineArn: ARN })).code).toBe(
      'ServiceQuotaExceededException',
    );
    await cloud.call('DeleteStateMachineVersion', { stateMachineVersionArn: `${ARN}:7` });
    expect((await publish()).stateMachineVersionArn).toBe(`${ARN}:1001`);
  });
});

describe('a version', () => {
  it('stays as it was published', async () => {
    await cloud.create(PASS, 'machine', { publish: true, versionDescription: 'first' });
    await cloud.clock.advanceBy(1000);
    await update({ definition: JSON.stringify(WAIT), roleArn: `${ROLE}-2` });
    expect(await cloud.call('DescribeStateMachine', { stateMachineArn: `${ARN}:1` })).toMatchObject({
      stateMachineArn: `${ARN}:1`,
      name: 'machine',
      description: 'first',
      definition: JSON.stringify(PASS),
      roleArn: ROLE,
      creationDate: new Date('2026-03-01T08:00:00Z'),
    });
    expect((await cloud.call('DescribeStateMachine', { stateMachineArn: ARN })).description).toBeUndefined();
  });

  it('runs executions, which tell of it', async () => {
    await cloud.create(PASS, 'machine', { publish: true });
    await update({ definition: JSON.stringify(WAIT) });
    const start = async (stateMachineArn: string) => {
      const { executionArn } = await cloud.call('StartExecution', { stateMachineArn });
      await cloud.work.idle();
      return cloud.call('DescribeExecution', { executionArn });
    };
    const old = await start(`${ARN}:1`);
    expect(old).toMatchObject({ stateMachineArn: ARN, stateMachineVersionArn: `${ARN}:1`, status: 'SUCCEEDED' });
    const current = await start(ARN);
    expect(current.status).toBe('RUNNING');
    expect(current.stateMachineVersionArn).toBeUndefined();

    const list = async (stateMachineArn: string) =>
      (await cloud.call('ListExecutions', { stateMachineArn })).executions.map(
        ({ executionArn }: { executionArn: string }) => executionArn,
      );
    expect(await list(ARN)).toEqual([current.executionArn, old.executionArn]);
    expect(await list(`${ARN}:1`)).toEqual([old.executionArn]);
  });

  it('is not found when it is not there', async () => {
    await cloud.create(PASS);
    for (const operation of ['StartExecution', 'DescribeStateMachine', 'ListExecutions', 'UpdateStateMachine']) {
      expect(await cloud.error(operation, { stateMachineArn: `${ARN}:9`, roleArn: ROLE })).toEqual({
        code: 'StateMachineDoesNotExist',
        message: `State Machine Does Not Exist: '${ARN}:9'`,
      });
    }
  });

  it('goes with its state machine', async () => {
    await cloud.create(PASS, 'machine', { publish: true });
    await cloud.call('DeleteStateMachine', { stateMachineArn: `${ARN}:1` });
    expect(await versions()).toEqual([`${ARN}:1`]);
    await cloud.call('DeleteStateMachine', { stateMachineArn: ARN });
    expect(await versions()).toEqual([]);
    await cloud.create(WAIT);
    expect((await cloud.error('StartExecution', { stateMachineArn: `${ARN}:1` })).code).toBe(
      'StateMachineDoesNotExist',
    );
  });

  it('has no tags', async () => {
    await cloud.create(PASS, 'machine', { publish: true });
    expect(await cloud.error('TagResource', { resourceArn: `${ARN}:1`, tags: [] })).toEqual({
      code: 'ResourceNotFound',
      message: `Resource not found: '${ARN}:1'`,
    });
  });
});

it('ARNs with the label of a Map state are refused', async () => {
  await cloud.create(PASS);
  for (const operation of ['StartExecution', 'DescribeStateMachine', 'UpdateStateMachine', 'DeleteStateMachine']) {
    const input = { stateMachineArn: `${ARN}/label`, roleArn: ROLE };
    expect((await cloud.error(operation, input)).code).toBe('ValidationException');
  }
  expect((await cloud.error('StartExecution', { stateMachineArn: `${ARN}/label:1` })).code).toBe('InvalidArn');
});
