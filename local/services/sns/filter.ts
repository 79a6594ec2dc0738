import { isObject, type Json, type JsonObject } from '../../asl/json';
import { AwsError } from '../aws';
import { matchesPattern } from '../patterns/match';
import { PatternError, parsePattern } from '../patterns/validate';
import type { Notification, Subscription } from './model';

/** Throws InvalidParameterException when the text is no filter policy. `{}` takes a policy away. */
export function requireFilterPolicy(text: string): void {
  if (isEmpty(text)) return;
  try {
    parsePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError('InvalidParameterException', `Invalid parameter: FilterPolicy: ${error.message}`);
  }
}

/** Whether a subscription wants a message: its policy against the attributes or, by its scope, the body. */
export function wants(subscription: Subscription, notification: Notification): boolean {
  const { FilterPolicy: text, FilterPolicyScope: scope } = subscription.attributes;
  if (text === undefined || isEmpty(text)) return true;
  const subject = scope === 'MessageBody' ? bodyOf(notification) : attributesOf(notification);
  return subject !== undefined && matchesPattern(JSON.parse(text), subject);
}

function isEmpty(text: string): boolean {
  return text === '' || /^\s*\{\s*\}\s*$/.test(text);
}

function bodyOf({ message }: Notification): JsonObject | undefined {
  const body = parse(message);
  return isObject(body) ? body : undefined;
}

/** Attributes as a policy sees them: numbers as numbers, a String.Array as its elements, binary ones not at all. */
function attributesOf({ attributes }: Notification): JsonObject {
  const seen: JsonObject = {};
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    if (StringValue === undefined) continue;
    if (DataType.startsWith('Number')) seen[name] = Number(StringValue);
    else if (DataType === 'String.Array') seen[name] = parse(StringValue) ?? StringValue;
    else seen[name] = StringValue;
  }
  return seen;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
