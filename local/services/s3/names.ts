import { invalidArgument, invalidBucketName, keyTooLong } from './errors';

/**
 * Owns what buckets and keys may be called, and how keys are stored: as the hexadecimal digits of their UTF-8, whose
 * order is S3's order of keys and in which no character means anything to anybody.
 */

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
const LONGEST_KEY = 1024;

/** Throws InvalidBucketName (user guide, "General purpose bucket naming rules"). */
export function checkBucketName(name: unknown): string {
  const valid = typeof name === 'string' && BUCKET.test(name) && !name.includes('..') && !IP_ADDRESS.test(name);
  if (!valid || name.startsWith('xn--') || name.endsWith('-s3alias')) throw invalidBucketName(String(name));
  return name;
}

/** The key's place; throws when it is empty or longer than 1,024 bytes of UTF-8. */
export function keyPlace(key: unknown): string {
  if (typeof key !== 'string' || key.length === 0) throw invalidArgument('Key must not be empty', 'Key', key);
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length > LONGEST_KEY) throw keyTooLong(bytes.length);
  return bytes.toString('hex');
}

export const keyAt = (place: string): string => Buffer.from(place, 'hex').toString('utf8');
