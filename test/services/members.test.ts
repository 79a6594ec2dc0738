import { checkMembers } from '../../local/services/members';

const check = (operation: string, input: object) => () => checkMembers('sqs', operation, input);

it.each([
  ['SendMessage', {}],
  ['SendMessage', { QueueUrl: null, MessageBody: 'text', DelaySeconds: '5', Unknown: {} }],
  ['SendMessage', { MessageAttributes: { own: { DataType: 'Binary', BinaryValue: Buffer.from('x') } } }],
  ['SendMessageBatch', { Entries: [{ Id: '1', MessageBody: 'a' }] }],
  ['InventMessage', { QueueUrl: 1 }],
])('%s takes %j', (operation, input) => {
  expect(check(operation, input)).not.toThrow();
});

it.each([
  ['SendMessage', { QueueUrl: 1 }],
  ['SendMessage', { QueueUrl: { toString: {} } }],
  ['SendMessage', { DelaySeconds: [] }],
  ['SendMessage', { MessageAttributes: [] }],
  ['SendMessage', { MessageAttributes: { own: null } }],
  ['SendMessage', { MessageAttributes: { own: { StringValue: {} } } }],
  ['SendMessageBatch', { Entries: {} }],
  ['SendMessageBatch', { Entries: [null] }],
  ['SendMessageBatch', { Entries: [{ Id: {} }] }],
  ['ReceiveMessage', { AttributeNames: 'All' }],
])('%s refuses %j', (operation, input) => {
  expect(check(operation, input)).toThrow(expect.objectContaining({ code: 'SerializationException', status: 400 }));
});
