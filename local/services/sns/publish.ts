import { AwsError, type AwsShape } from '../aws';
import type { MessageAttribute } from './model';

/** A checked Publish request; `message(protocol)` differs by protocol when MessageStructure is 'json'. */
export interface Publication {
  readonly subject?: string;
  readonly attributes: Record<string, MessageAttribute>;
  message(protocol: string): string;
}

/** SNS's quota for message and attributes, in bytes. */
const LARGEST_MESSAGE = 262_144;

/** Checks what is published. Throws InvalidParameterException with SNS's texts. */
export function readPublication(input: AwsShape): Publication {
  const { Message, Subject, MessageStructure } = input;
  if (typeof Message !== 'string' || Message === '') throw invalid('Empty message');
  if (Subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(Subject)) throw invalid('Subject');
  const attributes = readAttributes(input.MessageAttributes ?? {});
  if (Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(attributes)) - 2 > LARGEST_MESSAGE) {
    throw invalid('Message too long');
  }
  const byProtocol = MessageStructure === 'json' ? readStructure(Message) : undefined;
  return {
    subject: Subject,
    attributes,
    message: (protocol) => byProtocol?.[protocol] ?? byProtocol?.default ?? Message,
  };
}

function readStructure(message: string): Record<string, string> {
  let structure: unknown;
  try {
    structure = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  if (typeof (structure as AwsShape | null)?.default !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  return structure as Record<string, string>;
}

function readAttributes(given: AwsShape): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(given).map(([name, attribute]) => {
      const { DataType, StringValue, BinaryValue } = attribute ?? {};
      if (typeof DataType !== 'string' || !/^(String|Number|Binary)(\.|$)/.test(DataType)) {
        throw value(`The message attribute '${name}' has an invalid message attribute type.`);
      }
      if (DataType.startsWith('Binary')) {
        if (BinaryValue === undefined) throw value(`The message attribute '${name}' must contain non-empty value.`);
        const text = typeof BinaryValue === 'string' ? BinaryValue : Buffer.from(BinaryValue).toString('base64');
        return [name, { DataType, BinaryValue: text }];
      }
      if (typeof StringValue !== 'string' || StringValue === '') {
        throw value(`The message attribute '${name}' must contain non-empty value.`);
      }
      if (DataType.startsWith('Number') && !Number.isFinite(Number(StringValue))) {
        throw value(`Could not cast message attribute '${name}' value to number.`);
      }
      return [name, { DataType, StringValue }];
    }),
  );
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter: ${what}`);
}

function value(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
