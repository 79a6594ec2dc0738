import { fails, inTurn, stateMachine } from '../../local/testing';

const order = stateMachine('test/testing/order.asl.json', {
  substitutions: { ChargeCardFunctionArn: 'charge-card', CourierQueueUrl: 'https://queues/courier' },
  tasks: { ChargeCard: { Payload: { receipt: 'R-1' } } },
});

test('an order is shipped when the courier has picked it up', async () => {
  const execution = await order.start({ input: { amount: 40 } });
  expect(execution.calls('ChargeCard')).toEqual([{ FunctionName: 'charge-card', Payload: { amount: 40 } }]);
  expect(execution.variables).toEqual({ receipt: 'R-1' });

  await execution.advance({ days: 2 });
  await execution.task('AwaitPickup').succeed({ courier: 'Grace' });

  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toEqual({ courier: 'Grace' });
  expect(execution.path).toEqual(['ChargeCard', 'AwaitPickup', 'OrderShipped']);
});

test('a busy card service is asked again after 1 and 2 s', async () => {
  const busy = fails('CardServiceBusy');
  const execution = await order.run({ tasks: { ChargeCard: inTurn(busy, busy, fails('CardDeclined')) } });

  expect(execution.retryDelays('ChargeCard')).toEqual([1, 2]);
  expect(execution.path).toEqual(['ChargeCard', 'OrderCancelled']);
  expect(execution.error).toBe('OrderCancelled');
});

test('an order that nobody picks up is cancelled after three days', async () => {
  const execution = await order.run();

  expect(execution.path).toEqual(['ChargeCard', 'AwaitPickup', 'OrderCancelled']);
  expect(execution.now).toEqual(new Date('2026-03-05T09:00:00Z'));
});
