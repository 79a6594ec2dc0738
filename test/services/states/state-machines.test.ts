import { LocalCloud, PASS, ROLE, WAIT } from './local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine';

describe('CreateStateMachine', () => {
  it('answers the ARN and the virtual date', async () => {
    const input = { name: 'machine', definition: JSON.stringify(PASS), roleArn: ROLE };
    expect(await cloud.call('CreateStateMachine', input)).toEqual({
      stateMachineArn: ARN,
      creationDate: new Date('2026-03-01T08:00:00Z'),
    });
  });

  it('keeps the definition as it was written', async () => {
    const definition = `  {"StartAt": "Pass",\n "States": {"Pass": {"Type": "Pass", "End": true}}}`;
    await cloud.call('CreateStateMachine', { name: 'machine', definition, roleArn: ROLE });
    expect(await cloud.call('DescribeStateMachine', { stateMachineArn: ARN })).toEqual({
      stateMachineArn: ARN,
      name: 'machine',
      type: 'STANDARD',
      status: 'ACTIVE',
      creationDate: new Date('2026-03-01T08:00:00Z'),
      definition,
      roleArn: ROLE,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
  });

  it('is idempotent for the same machine, whatever its role, and refuses another of its name', async () => {
    await cloud.create(PASS);
    await cloud.create(PASS, 'machine', { roleArn: `${ROLE}-2` });
    expect((await cloud.call('DescribeStateMachine', { stateMachineArn: ARN })).roleArn).toBe(ROLE);
    const other = { name: 'machine', roleArn: ROLE, definition: JSON.stringify(WAIT) };
    expect(await cloud.error('CreateStateMachine', other)).toEqual({
      code: 'StateMachineAlreadyExists',
      message: `State Machine Already Exists: '${ARN}'`,
    });
    const express = { name: 'machine', roleArn: ROLE, definition: JSON.stringify(PASS), type: 'EXPRESS' };
    expect((await cloud.error('CreateStateMachine', express)).code).toBe('StateMachineAlreadyExists');
  });

  it.each([
    [{ name: 'a b' }, 'InvalidName', "Invalid Name: 'a b'"],
    [{ name: 'a/b' }, 'InvalidName', "Invalid Name: 'a/b'"],
    [{ name: '' }, 'ValidationException', /'name' failed .* greater than or equal to 1/],
    [{ name: 'n'.repeat(81) }, 'ValidationException', /'name' failed .* less than or equal to 80/],
    [{ name: undefined }, 'ValidationException', /Value null at 'name'/],
    [{ name: 7 }, 'SerializationException', /NUMBER_VALUE can not be converted to a String/],
    [{ roleArn: undefined }, 'ValidationException', /Value null at 'roleArn'/],
    [{ type: 'FAST' }, 'ValidationException', /enum value set: \[STANDARD, EXPRESS\]/],
    [{ definition: 'not json' }, 'InvalidDefinition', /Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION/],
    [{ definition: '{"StartAt":"A"}' }, 'InvalidDefinition', /SCHEMA_VALIDATION_FAILED: .*States/],
    [{ loggingConfiguration: { level: 'ALL' } }, 'InvalidLoggingConfiguration', /exactly one Log Destination/],
    [{ versionDescription: 'first' }, 'ValidationException', /can only be set when publish is true/],
    [{ encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' } }, 'InvalidEncryptionConfiguration', /kmsKeyId/],
    [{ tags: [{ key: 'a', value: '\u0007' }] }, 'ValidationException', /Tags may only contain/],
  ])('refuses %j and creates nothing', async (wrong, code, message) => {
    const input = { name: 'machine', definition: JSON.stringify(PASS), roleArn: ROLE, ...wrong };
    const error = await cloud.error('CreateStateMachine', input);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect((await cloud.call('ListStateMachines')).stateMachines).toEqual([]);
  });
});

describe('UpdateStateMachine', () => {
  it('gives a new revision, and the same one when nothing changed', async () => {
    await cloud.create(PASS);
    await cloud.clock.advanceBy(1000);
    const update = (more: object) => cloud.call('UpdateStateMachine', { stateMachineArn: ARN, ...more });
    const { revisionId, updateDate } = await update({ definition: JSON.stringify(WAIT) });
    expect(updateDate).toEqual(new Date('2026-03-01T08:00:01Z'));
    expect((await update({ definition: JSON.stringify(WAIT) })).revisionId).toBe(revisionId);
    const described = await cloud.call('DescribeStateMachine', { stateMachineArn: ARN });
    expect(described).toMatchObject({ definition: JSON.stringify(WAIT), revisionId });
    expect((await update({ roleArn: `${ROLE}-2` })).revisionId).not.toBe(revisionId);
  });

  it('does not reach executions that run', async () => {
    const stateMachineArn = await cloud.create(WAIT);
    const { executionArn } = await cloud.call('StartExecution', { stateMachineArn });
    await cloud.call('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(PASS) });
    await cloud.call('DeleteStateMachine', { stateMachineArn });
    await cloud.clock.advanceBy(3_600_000);
    expect((await cloud.call('DescribeExecution', { executionArn })).status).toBe('SUCCEEDED');
    expect(await cloud.call('DescribeStateMachineForExecution', { executionArn })).toMatchObject({
      stateMachineArn,
      name: 'machine',
      definition: JSON.stringify(WAIT),
      updateDate: new Date('2026-03-01T08:00:00Z'),
    });
  });

  it('refuses what it cannot do', async () => {
    await cloud.create(PASS);
    const error = async (more: object) =>
      (await cloud.error('UpdateStateMachine', { stateMachineArn: ARN, ...more })).code;
    expect(await error({})).toBe('MissingRequiredParameter');
    expect(await error({ definition: '{}' })).toBe('InvalidDefinition');
    expect(await error({ stateMachineArn: `${ARN}x`, roleArn: ROLE })).toBe('StateMachineDoesNotExist');
    expect(await error({ stateMachineArn: 'machine', roleArn: ROLE })).toBe('InvalidArn');
    expect((await cloud.call('DescribeStateMachine', { stateMachineArn: ARN })).revisionId).toBeUndefined();
  });
});

describe('lists and tags', () => {
  it('pages state machines', async () => {
    for (const name of ['a', 'b', 'c']) await cloud.create(PASS, name);
    const first = await cloud.call('ListStateMachines', { maxResults: 2 });
    expect(first.stateMachines.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
    const second = await cloud.call('ListStateMachines', { maxResults: 2, nextToken: first.nextToken });
    expect(second.stateMachines.map(({ name }: { name: string }) => name)).toEqual(['c']);
    expect(second.nextToken).toBeUndefined();
    const invalid = { code: 'InvalidToken', message: "Invalid Token: 'Invalid token'" };
    for (const nextToken of ['else', first.nextToken.replace(/^.*\./, '')]) {
      expect(await cloud.error('ListStateMachines', { nextToken })).toEqual(invalid);
    }
    expect(await cloud.error('ListActivities', { nextToken: first.nextToken })).toEqual(invalid);
    await cloud.clock.advanceBy(24 * 3_600_000);
    await cloud.call('ListStateMachines', { nextToken: first.nextToken });
    await cloud.clock.advanceBy(1);
    expect(await cloud.error('ListStateMachines', { nextToken: first.nextToken })).toEqual(invalid);
    expect((await cloud.error('ListStateMachines', { maxResults: 1001 })).message).toBe(
      "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: " +
        'Member must have value less than or equal to 1000',
    );
  });

  it('deletes what is there and what is not', async () => {
    await cloud.create(PASS);
    await cloud.call('DeleteStateMachine', { stateMachineArn: ARN });
    await cloud.call('DeleteStateMachine', { stateMachineArn: ARN });
    expect(await cloud.error('DescribeStateMachine', { stateMachineArn: ARN })).toEqual({
      code: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${ARN}'`,
    });
  });

  it('keeps tags of state machines and activities', async () => {
    await cloud.create(PASS, 'machine', { tags: [{ key: 'team', value: 'library' }] });
    const { activityArn } = await cloud.call('CreateActivity', { name: 'desk' });
    for (const resourceArn of [ARN, activityArn]) {
      await cloud.call('TagResource', {
        resourceArn,
        tags: [
          { key: 'stage', value: 'test' },
          { key: 'empty', value: '' },
        ],
      });
      await cloud.call('UntagResource', { resourceArn, tagKeys: ['empty', 'unknown'] });
    }
    const tags = async (resourceArn: string) => (await cloud.call('ListTagsForResource', { resourceArn })).tags;
    expect(await tags(ARN)).toEqual([
      { key: 'team', value: 'library' },
      { key: 'stage', value: 'test' },
    ]);
    expect(await tags(activityArn)).toEqual([{ key: 'stage', value: 'test' }]);
    const many = Array.from({ length: 51 }, (_, n) => ({ key: `k${n}`, value: '' }));
    expect((await cloud.error('TagResource', { resourceArn: ARN, tags: many })).code).toBe('TooManyTags');
    expect((await cloud.error('TagResource', { resourceArn: `${ARN}x`, tags: [] })).code).toBe('ResourceNotFound');
  });
});

describe('ValidateStateMachineDefinition', () => {
  it('answers OK, or FAIL with what is wrong', async () => {
    const validate = (definition: string) => cloud.call('ValidateStateMachineDefinition', { definition });
    expect(await validate(JSON.stringify(PASS))).toEqual({ result: 'OK', diagnostics: [], truncated: false });
    const wrong = await validate('{"StartAt":"Nowhere","States":{}}');
    expect(wrong.result).toBe('FAIL');
    expect(wrong.diagnostics[0]).toMatchObject({
      severity: 'ERROR',
      code: expect.any(String),
      message: expect.any(String),
    });
  });
});

it('refuses operations that it does not know', async () => {
  expect((await cloud.error('MakeCoffee')).code).toBe('UnknownOperationException');
});
