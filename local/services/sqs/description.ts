import type { AwsShape } from '../aws';
import { formatAttributes, md5, md5OfAttributes, selectAttributes } from './attributes';
import type { Received } from './messages';

/** A message as ReceiveMessage answers it to this request. */
export function describe(
  { message, sequenceNumber, receipt, receives, firstReceivedAt }: Received,
  input: AwsShape,
  SenderId: string,
): AwsShape {
  const attributes = selectAttributes(message.attributes, input.MessageAttributeNames);
  const system: Record<string, string | undefined> = {
    SenderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    SequenceNumber: sequenceNumber,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.groupId,
    DeadLetterQueueSourceArn: message.sourceArn,
  };
  const names: string[] = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
  const Attributes = Object.entries(system)
    .filter(([, value]) => value !== undefined)
    .filter(([name]) => names.includes('All') || names.includes(name));
  return {
    MessageId: message.id,
    ReceiptHandle: receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Attributes.length > 0 ? { Attributes: Object.fromEntries(Attributes) } : {}),
    ...(Object.keys(attributes).length > 0
      ? { MessageAttributes: formatAttributes(attributes), MD5OfMessageAttributes: md5OfAttributes(attributes) }
      : {}),
  };
}
