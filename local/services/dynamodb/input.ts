import { AwsError, type AwsShape } from '../aws';
import { validationError } from './errors';

/** Owns the reading of members that dynalite does not check, in the words in which DynamoDB refuses what does not fit. */

export const misplaced = () =>
  new AwsError('SerializationException', 'Start of structure or map found where not expected.');

/** A member that must be there and be text. */
export function text(input: AwsShape, member: string): string {
  const value = input[member];
  if (value === undefined || value === null) {
    throw validationError(`The parameter '${member}' is required but was not present in the request`);
  }
  if (typeof value !== 'string') throw misplaced();
  return value;
}

/** A member that is a structure; an empty one when it is not there. */
export function structure(input: AwsShape, member: string): AwsShape {
  const value = input[member] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw misplaced();
  return value;
}

/** A member that lists structures; an empty list when it is not there. */
export function structures(input: AwsShape, member: string): AwsShape[] {
  const value = input[member] ?? [];
  if (!Array.isArray(value)) throw misplaced();
  return value.map((_, at) => {
    if (value[at] === null) throw misplaced();
    return structure(value, String(at));
  });
}

/** A member that lists texts; an empty list when it is not there. */
export function texts(input: AwsShape, member: string): string[] {
  const value = input[member] ?? [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) throw misplaced();
  return value;
}
