import type { FlatName } from '../aws';

/**
 * Owns how SQS's older protocol, Query, spells lists and maps: forms of API Gateway's integrations and of older SDKs are written in it.
 * See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const map = (item: string): FlatName => ({ kind: 'map', item: [item] });
const list = (...item: string[]): FlatName => ({ kind: 'list', item });
const BATCHES = ['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch'];

export const QUERY = {
  xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  pathMember: 'QueueUrl',
  flat: new Map<string, FlatName>([
    ['Attributes', map('Attribute')],
    ['MessageAttributes', map('MessageAttribute')],
    ['MessageSystemAttributes', map('MessageSystemAttribute')],
    ['Tags', { ...map('Tag'), key: 'Key' }],
    ['TagKeys', list('TagKey')],
    ['AttributeNames', list('AttributeName')],
    ['MessageAttributeNames', list('MessageAttributeName')],
    ['MessageSystemAttributeNames', list('MessageSystemAttributeName')],
    ['Messages', { ...list('Message'), json: 'messages' }],
    ['QueueUrls', list('QueueUrl')],
    ['Entries', list(...BATCHES.map((batch) => `${batch}RequestEntry`))],
    ['Successful', list(...BATCHES.map((batch) => `${batch}ResultEntry`))],
    ['Failed', list('BatchResultErrorEntry')],
  ]),
};
