import { RequestModel } from '../../local/asl/integrations/requests';
import { buildRooms } from '../../local/assembly/rooms';
import { AwsError } from '../../local/services/aws';
import { testParts } from '../services/wire/parts';

/** What each room says that it answers is what state machines are warned by. */
const parts = testParts();
buildRooms(parts, { awsEndpoint: () => 'http://127.0.0.1:1' });
afterAll(async () => {
  parts.clock.close();
  await parts.store.close();
});

const UNKNOWN = new Set(['UnknownOperationException', 'InvalidAction', 'NotImplemented']);

test.each(parts.aws.list().map((service) => [service.id, service] as const))(
  '%s answers the operations that it names, and no others',
  async (id, service) => {
    const known = [...(RequestModel.of(id)?.operations() ?? [])];
    const answered = new Set<string>();
    for (const operation of known.filter((name) => !service.waits?.has(name))) {
      // All but a few of them want a queue.
      const input = id === 'sqs' ? await service.call('CreateQueue', { QueueName: 'queue' }, { via: 'test' }) : {};
      try {
        await service.call(operation, input, { via: 'test' });
        answered.add(operation);
      } catch (error) {
        if (!(error instanceof AwsError && UNKNOWN.has(error.code))) answered.add(operation);
      }
    }
    const named = new Set(service.operations);
    expect(known).toEqual(expect.arrayContaining([...named]));
    expect([...answered].sort()).toEqual([...named].filter((name) => !service.waits?.has(name)).sort());
  },
);
