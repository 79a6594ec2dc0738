import { createHash } from 'node:crypto';
import { AwsError, type AwsShape } from '../aws';

/** A message attribute as it is stored: binary values in base64. */
export interface StoredAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

/** Checks and stores the MessageAttributes of a request. Throws InvalidParameterValue. */
export function readAttributes(given: AwsShape | null = {}): Record<string, StoredAttribute> {
  const entries = Object.entries<AwsShape | null>(given ?? {});
  if (entries.length > 10) throw invalid('Number of message attributes [over 10] exceeds the allowed maximum [10].');
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      const { DataType, StringValue, BinaryValue } = attribute ?? {};
      if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name)) throw invalid(`Message attribute name '${name}' is invalid.`);
      if (!/^(String|Number|Binary)(\.|$)/.test(DataType ?? '')) {
        throw invalid(`The message attribute '${name}' has an invalid message attribute type.`);
      }
      if (DataType.startsWith('Binary')) {
        const text = BinaryValue instanceof Uint8Array ? Buffer.from(BinaryValue).toString('base64') : BinaryValue;
        if (!text) throw invalid(`The message attribute '${name}' must contain a non-empty value.`);
        return [name, { DataType, BinaryValue: text }];
      }
      if (!StringValue) throw invalid(`The message attribute '${name}' must contain a non-empty value.`);
      return [name, { DataType, StringValue: String(StringValue) }];
    }),
  );
}

/** Those that a ReceiveMessage asks for: 'All', '.*', 'name' or 'prefix.*'. */
export function selectAttributes(stored: Record<string, StoredAttribute>, names: readonly string[] = []) {
  const wanted = (name: string) =>
    names.some((one) => one === 'All' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -2))));
  return Object.fromEntries(Object.entries(stored).filter(([name]) => wanted(name)));
}

/** As ReceiveMessage answers them. */
export function formatAttributes(stored: Record<string, StoredAttribute>): AwsShape {
  return Object.fromEntries(
    Object.entries(stored).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue === undefined
        ? { DataType, StringValue }
        : { DataType, BinaryValue: Buffer.from(BinaryValue, 'base64') },
    ]),
  );
}

export function md5(data: string | Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

/**
 * The digest that SDKs compare: names sorted, each with its type and value, all of them length-prefixed
 * (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html). Undefined for none.
 */
export function md5OfAttributes(stored: Record<string, StoredAttribute>): string | undefined {
  const names = Object.keys(stored).sort();
  if (names.length === 0) return undefined;
  const parts: Buffer[] = [];
  const append = (data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    parts.push(length, data);
  };
  for (const name of names) {
    const { DataType, StringValue = '', BinaryValue } = stored[name] as StoredAttribute;
    append(Buffer.from(name));
    append(Buffer.from(DataType));
    parts.push(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    append(BinaryValue === undefined ? Buffer.from(StringValue) : Buffer.from(BinaryValue, 'base64'));
  }
  return md5(Buffer.concat(parts));
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
