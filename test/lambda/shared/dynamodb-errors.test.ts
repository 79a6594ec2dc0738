import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { isConditionFailed, isPassing } from '../../../lambda/shared/dynamodb-errors';

const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

test.each([
  ['a refused write', new ConditionalCheckFailedException({ $metadata: {}, message: '' }), true, false],
  ['a refused transaction', cancelled('None', 'ConditionalCheckFailed'), true, false],
  ['a conflict of transactions', cancelled('TransactionConflict', 'None'), false, true],
  ['throttling', named('ThrottlingException'), false, true],
  ['an outage', named('Anything', { $fault: 'server' }), false, true],
  ['a broken connection', named('Error', { code: 'ECONNRESET' }), false, true],
  ['silence', named('TimeoutError'), false, true],
  ['a missing right', named('AccessDeniedException', { $fault: 'client' }), false, false],
  ['a missing table', named('ResourceNotFoundException', { $fault: 'client' }), false, false],
  ['no error at all', 'oops', false, false],
])('%s', (_, error, conditionFailed, passing) => {
  expect(isConditionFailed(error)).toBe(conditionFailed);
  expect(isPassing(error)).toBe(passing);
});
