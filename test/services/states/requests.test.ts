import * as sdk from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { AwsError } from '../../../local/services/aws';
import { REQUESTS, type Shape } from '../../../local/services/states/model';
import { LocalCloud, PASS, ROLE } from './local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

/** The operations of the API as today's SDK knows them. */
const OPERATIONS = Object.keys(sdk)
  .filter((name) => name.endsWith('Command') && name !== '$Command')
  .map((name) => name.slice(0, -'Command'.length));

it('knows every operation of the API, and no other', async () => {
  expect(OPERATIONS).toHaveLength(37);
  expect(Object.keys(REQUESTS).sort()).toEqual(OPERATIONS.sort());
  for (const operation of OPERATIONS.filter((name) => REQUESTS[name]?.required.length)) {
    expect((await cloud.error(operation)).message).toContain('Member must not be null');
  }
});

it('tells all violated constraints at once', async () => {
  expect(await cloud.error('CreateStateMachine', { name: 'n'.repeat(81), type: 'FAST', definition: '{}' })).toEqual({
    code: 'ValidationException',
    message:
      `3 validation errors detected: Value '${'n'.repeat(81)}' at 'name' failed to satisfy constraint: ` +
      "Member must have length less than or equal to 80; Value null at 'roleArn' failed to satisfy constraint: " +
      "Member must not be null; Value 'FAST' at 'type' failed to satisfy constraint: " +
      'Member must satisfy enum value set: [STANDARD, EXPRESS]',
  });
});

it('does not repeat what may be secret', async () => {
  const input = { taskToken: 'token', error: 'secret'.repeat(50) };
  expect((await cloud.error('SendTaskFailure', input)).message).toBe(
    "1 validation error detected: Value at 'error' failed to satisfy constraint: " +
      'Member must have length less than or equal to 256',
  );
});

it.each([
  ['StartExecution', { stateMachineArn: 'a', name: true }, 'TRUE_VALUE can not be converted to a String'],
  ['StartExecution', { stateMachineArn: {} }, 'Start of structure or map found where not expected.'],
  ['ListActivities', { maxResults: '7' }, 'STRING_VALUE can not be converted to an Integer'],
  ['ListActivities', { maxResults: 1.5 }, 'NUMBER_VALUE can not be converted to an Integer'],
  ['GetExecutionHistory', { executionArn: 'a', reverseOrder: 1 }, 'NUMBER_VALUE can not be converted to a Boolean'],
  ['TagResource', { resourceArn: 'a', tags: {} }, 'Start of structure or map found where not expected.'],
  ['TagResource', { resourceArn: 'a', tags: [[]] }, 'Start of list found where not expected.'],
])('%s refuses %j, which has the wrong type', async (operation, input, message) => {
  expect(await cloud.error(operation, input)).toEqual({ code: 'SerializationException', message });
});

it.each([
  ['TagResource', { resourceArn: 'a', tags: [{ key: '' }] }, "Value '' at 'tags.1.member.key' .* equal to 1"],
  ['TagResource', { resourceArn: 'a', tags: [null] }, "Value null at 'tags.1.member' .* not be null"],
  ['UntagResource', { resourceArn: 'a', tagKeys: ['k'.repeat(129)] }, "'tagKeys.1.member' .* or equal to 128"],
  ['StartExecution', { stateMachineArn: 'a'.repeat(257) }, "'stateMachineArn' .* less than or equal to 256"],
  ['StartExecution', { stateMachineArn: 'a', traceHeader: 'ü' }, "'traceHeader' .* pattern: .p.ASCII"],
  ['SendTaskHeartbeat', { taskToken: 't'.repeat(2049) }, "'taskToken' .* less than or equal to 2048"],
  ['GetActivityTask', { activityArn: 'a', workerName: 'w'.repeat(81) }, "'workerName' .* less than or equal to 80"],
  ['ListActivities', { nextToken: 't'.repeat(1025) }, "'nextToken' .* less than or equal to 1024"],
  ['CreateActivity', { name: 'a', encryptionConfiguration: {} }, "null at 'encryptionConfiguration.type'"],
  [
    'CreateActivity',
    { name: 'a', encryptionConfiguration: { type: 'AWS_OWNED_KEY', kmsDataKeyReusePeriodSeconds: 59 } },
    "'59' at 'encryptionConfiguration.kmsDataKeyReusePeriodSeconds' .* greater than or equal to 60",
  ],
])('%s refuses what is out of bounds (%#)', async (operation, input, message) => {
  const error = await cloud.error(operation, input);
  expect(error.code).toBe('ValidationException');
  expect(error.message).toMatch(new RegExp(message));
});

it('takes a definition of a megabyte, and not a byte more', async () => {
  const definition = JSON.stringify({ ...PASS, Comment: '' });
  const sized = (size: number) => definition.replace('""', JSON.stringify('x'.repeat(size - definition.length)));
  const input = { name: 'machine', roleArn: ROLE, definition: sized(1_048_577) };
  expect((await cloud.error('CreateStateMachine', input)).message).toMatch(/Value at 'definition' .* 1048576/);
  await cloud.call('CreateStateMachine', { ...input, definition: sized(1_048_576) });
});

/** Requests that have about the right shape. */
function arbitrary(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 1, arbitrary: fc.jsonValue() }, { weight: 20, arbitrary: fitting(shape) });
}

const TEXTS = ['machine', 'machine:1', '{}', '{"a":1}', JSON.stringify(PASS), 'INITIAL', 'arn:aws:states', ''];
const RESOURCES = ['stateMachine:machine', 'stateMachine:machine:1', 'stateMachine:machine:live', 'activity:desk']
  .concat('execution:machine:run', 'express:machine:run:id', 'mapRun:machine/label:id', 'stateMachine:machine/label')
  .map((name) => `arn:aws:states:us-east-1:123456789012:${name}`);

function fitting(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case 'text':
      return fc.oneof(fc.constantFrom(...(shape.oneOf ?? RESOURCES)), fc.constantFrom(...TEXTS), fc.string());
    case 'integer':
      return fc.integer({ min: -1, max: 1001 });
    case 'float':
      return fc.double();
    case 'boolean':
      return fc.boolean();
    case 'list':
      return fc.array(arbitrary(shape.of), { maxLength: 3 });
    case 'structure':
      return fc.record(
        Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, arbitrary(member)])),
        { requiredKeys: [...shape.required] },
      );
  }
}

it('answers whatever it is asked, or an error of AWS', async () => {
  const asked = OPERATIONS.filter((name) => name !== 'GetActivityTask');
  const request = fc
    .constantFrom(...asked)
    .chain((operation) => fc.tuple(fc.constant(operation), fitting(REQUESTS[operation] as Shape)));
  await cloud.create(PASS, 'machine', { publish: true });
  await cloud.call('CreateActivity', { name: 'desk' });
  await fc.assert(
    fc.asyncProperty(request, async ([operation, input]) => {
      try {
        await cloud.call(operation, input as object);
      } catch (error) {
        if (!(error instanceof AwsError) || error.status >= 500) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
