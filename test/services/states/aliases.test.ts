import { StatesService } from '../../../local/services/states/service';
import { LocalCloud, PASS, ROLE, WAIT } from './local-cloud';

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = new LocalCloud();
  await cloud.create(PASS, 'machine', { publish: true });
  await cloud.call('UpdateStateMachine', {
    stateMachineArn: ARN,
    definition: JSON.stringify(WAIT),
    publish: true,
  });
});
afterEach(() => cloud.close());

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine';
const LIVE = `${ARN}:live`;
const routes = (...weights: number[]) =>
  weights.map((weight, i) => ({ stateMachineVersionArn: `${ARN}:${i + 1}`, weight }));
const create = (more: object = {}) =>
  cloud.call('CreateStateMachineAlias', { name: 'live', routingConfiguration: routes(100), ...more });

describe('CreateStateMachineAlias', () => {
  it('is idempotent for the same content', async () => {
    const created = { stateMachineAliasArn: LIVE, creationDate: new Date('2026-03-01T08:00:00Z') };
    expect(await create({ description: 'for all' })).toEqual(created);
    await cloud.clock.advanceBy(1000);
    expect(await create({ description: 'for all' })).toEqual(created);
    const other = { name: 'live', routingConfiguration: routes(50, 50), description: 'for all' };
    expect(await cloud.error('CreateStateMachineAlias', other)).toEqual({
      code: 'ConflictException',
      message:
        'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
    });
  });

  it.each([
    [{ name: '123' }, /'name' failed to satisfy constraint: Member must satisfy regular expression pattern/],
    [{ name: 'a b' }, /regular expression pattern/],
    [{ name: 'n'.repeat(81) }, /less than or equal to 80/],
    [{ routingConfiguration: undefined }, /Value null at 'routingConfiguration'/],
    [{ routingConfiguration: [] }, /Value '\[\]' at 'routingConfiguration' .* greater than or equal to 1/],
    [
      { routingConfiguration: routes(40, 30, 30) },
      /'\[RoutingConfigurationListItem\(stateMachineVersionArn=\S+:1, weight=40\), .* less than or equal to 2/,
    ],
    [{ routingConfiguration: routes(101) }, /'101' at 'routingConfiguration.1.member.weight' .* or equal to 100/],
    [{ routingConfiguration: routes(60, 30) }, /^Sum of .* weights must equal 100. Received: \[60, 30\]$/],
    [
      {
        routingConfiguration: [
          { stateMachineVersionArn: `${ARN}:1`, weight: 50 },
          { stateMachineVersionArn: `${ARN}:1`, weight: 50 },
        ],
      },
      /must contain distinct state machine version ARNs/,
    ],
    [{ routingConfiguration: [{ stateMachineVersionArn: ARN, weight: 100 }] }, /must contain state machine version/],
    [{ routingConfiguration: [{ stateMachineVersionArn: `${ARN}:9`, weight: 100 }] }, /must contain state machine ver/],
  ])('refuses %j', async (wrong, message) => {
    const input = { name: 'live', routingConfiguration: routes(100), ...wrong };
    const error = await cloud.error('CreateStateMachineAlias', input);
    expect(error.code).toBe('ValidationException');
    expect(error.message).toMatch(message);
  });

  it('refuses versions of different state machines', async () => {
    const other = await cloud.create(PASS, 'other', { publish: true });
    const routingConfiguration = [
      { stateMachineVersionArn: `${ARN}:1`, weight: 50 },
      { stateMachineVersionArn: `${other}:1`, weight: 50 },
    ];
    const error = await cloud.error('CreateStateMachineAlias', { name: 'live', routingConfiguration });
    expect(error.code).toBe('ValidationException');
  });

  it('ends at a hundred aliases', async () => {
    for (let n = 0; n < 100; n += 1) await create({ name: `alias-${n}` });
    const more = { name: 'more', routingConfiguration: routes(100) };
    expect((await cloud.error('CreateStateMachineAlias', more)).code).toBe('ServiceQuotaExceededException');
    await create({ name: 'alias-0' });
  });
});

it('an alias changes in parts', async () => {
  await create({ description: 'old' });
  await cloud.clock.advanceBy(1000);
  const change = (more: object) => cloud.call('UpdateStateMachineAlias', { stateMachineAliasArn: LIVE, ...more });
  const updateDate = new Date('2026-03-01T08:00:01Z');
  expect(await change({ description: 'new' })).toEqual({ updateDate });
  await change({ routingConfiguration: routes(90, 10) });
  expect(await cloud.call('DescribeStateMachineAlias', { stateMachineAliasArn: LIVE })).toEqual({
    stateMachineAliasArn: LIVE,
    name: 'live',
    description: 'new',
    routingConfiguration: routes(90, 10),
    creationDate: new Date('2026-03-01T08:00:00Z'),
    updateDate,
  });
  expect((await cloud.error('UpdateStateMachineAlias', { stateMachineAliasArn: LIVE })).code).toBe(
    'ValidationException',
  );
});

it('an alias that is not there is not found, and its deletion no error', async () => {
  const unknown = { stateMachineAliasArn: LIVE, description: 'new' };
  for (const operation of ['DescribeStateMachineAlias', 'UpdateStateMachineAlias']) {
    expect(await cloud.error(operation, unknown)).toEqual({
      code: 'ResourceNotFound',
      message: 'Request references a resource that does not exist.',
    });
  }
  await create();
  await cloud.call('DeleteStateMachineAlias', { stateMachineAliasArn: LIVE });
  expect(await cloud.call('DeleteStateMachineAlias', { stateMachineAliasArn: LIVE })).toEqual({});
  expect((await cloud.error('StartExecution', { stateMachineArn: LIVE })).code).toBe('StateMachineDoesNotExist');
});

it('a version stays while an alias leads to it', async () => {
  await create();
  expect(await cloud.error('DeleteStateMachineVersion', { stateMachineVersionArn: `${ARN}:1` })).toEqual({
    code: 'ConflictException',
    message:
      'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]',
  });
});

it('lists the aliases of a state machine and of a version, in pages', async () => {
  await create({ name: 'a' });
  await create({ name: 'b', routingConfiguration: routes(0, 100) });
  await create({ name: 'c' });
  const list = async (more: object) => {
    const { stateMachineAliases, nextToken } = await cloud.call('ListStateMachineAliases', {
      stateMachineArn: ARN,
      ...more,
    });
    const arns = stateMachineAliases.map(({ stateMachineAliasArn }: { stateMachineAliasArn: string }) =>
      stateMachineAliasArn.slice(ARN.length + 1),
    );
    return { arns, nextToken };
  };
  const first = await list({ maxResults: 2 });
  expect(first.arns).toEqual(['a', 'b']);
  expect((await list({ maxResults: 2, nextToken: first.nextToken })).arns).toEqual(['c']);
  expect((await list({ stateMachineArn: `${ARN}:2` })).arns).toEqual(['b']);
  const otherList = { stateMachineArn: `${ARN}:2`, nextToken: first.nextToken };
  expect(await cloud.error('ListStateMachineAliases', otherList)).toEqual({
    code: 'InvalidToken',
    message: "Invalid Token: 'Invalid token'",
  });
});

it('divides starts by weight, and tells which version ran', async () => {
  const draws = [0, 0.29, 0.3, 0.99];
  const draw = jest.fn(() => draws.shift() as number);
  const service = new StatesService(cloud.parts, { random: draw });
  cloud.aws.register(service);
  await create({ routingConfiguration: routes(30, 70) });
  const ran: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    const { executionArn } = await cloud.call('StartExecution', { stateMachineArn: LIVE, name: `n${n}` });
    const described = await cloud.call('DescribeExecution', { executionArn });
    expect(described.stateMachineAliasArn).toBe(LIVE);
    ran.push(described.stateMachineVersionArn.slice(ARN.length + 1));
  }
  expect(ran).toEqual(['1', '1', '2', '2']);
  expect((await cloud.call('DescribeStateMachine', { stateMachineArn: LIVE })).definition).toBe(JSON.stringify(PASS));
  const { executions } = await cloud.call('ListExecutions', { stateMachineArn: LIVE });
  expect(executions[0]).toMatchObject({ stateMachineAliasArn: LIVE, stateMachineVersionArn: `${ARN}:2` });
  expect(executions).toHaveLength(4);
  expect(draw).toHaveBeenCalledTimes(4);
  await service.stop();
});

it('keeps the role of the version', async () => {
  await cloud.call('UpdateStateMachine', { stateMachineArn: ARN, roleArn: `${ROLE}-2` });
  await create();
  const { executionArn } = await cloud.call('StartExecution', { stateMachineArn: LIVE });
  const [started] = await cloud.events(executionArn);
  expect(started?.executionStartedEventDetails.roleArn).toBe(ROLE);
});
