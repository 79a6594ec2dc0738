import { randomUUID } from 'node:crypto';
import { memberName } from '../../../asl/integrations/member-name';
import { TaskError } from '../../../runtime/dispatch';
import { AwsError } from '../../aws';

/**
 * Owns what a refused call looks like to a state machine. Optimised integrations speak through version 1 of AWS's SDK
 * for Java, `aws-sdk:` ones through version 2: their exceptions' names and texts differ.
 */

export interface ServiceNames {
  /** In front of the error's name: 'DynamoDB' of 'DynamoDB.ConditionalCheckFailedException'. */
  readonly prefix: string;
  /** In the cause: 'AmazonDynamoDBv2'. */
  readonly service: string;
  /** Of the exception that stands for errors without a class of their own: 'AmazonDynamoDBException'. */
  readonly fallback: string;
}

/**
 * As an optimised integration fails.
 *
 * @param codes by error name, its code on the wire where that is another
 */
export function optimizedError(
  error: unknown,
  names: ServiceNames,
  codes: Readonly<Record<string, string>> = {},
): TaskError {
  if (error instanceof TaskError) return error;
  const { code, message, status } = asAwsError(error);
  const details = `Service: ${names.service}; Status Code: ${status}; Error Code: ${codes[code] ?? code}; Request ID: ${randomUUID()}; Proxy: null`;
  return new TaskError(`${names.prefix}.${exceptionName(code, names.fallback)}`, `${message} (${details})`);
}

/** As an `aws-sdk:` integration fails. */
export function sdkError(error: unknown, prefix: string): TaskError {
  if (error instanceof TaskError) return error;
  const { code, message, status } = asAwsError(error);
  const details = `Service: ${prefix}, Status Code: ${status}, Request ID: ${randomUUID()}`;
  const modelled = prefix !== 'S3' || S3_CLASSES.has(code);
  const name = modelled ? exceptionName(memberName(code.replace(/Fault$/, '')), `${prefix}Exception`) : 'S3Exception';
  return new TaskError(`${prefix}.${name}`, `${message} (${details})`);
}

/** What the local cloud does not run; catchable like any task's failure. */
export function unsupported(what: string): TaskError {
  return new TaskError('Stepwright.UnsupportedIntegration', unsupportedText(what));
}

export function unsupportedText(what: string): string {
  return `The local cloud does not run ${what}.`;
}

/** AWS's SDKs have a class for each error that a service's model names, called so, and one for all others. */
function exceptionName(code: string, fallback: string): string {
  if (WITHOUT_A_CLASS.has(code)) return fallback;
  return code.endsWith('Exception') ? code : `${code}Exception`;
}

/** Errors that come from the services' front doors and stand in no model. */
const WITHOUT_A_CLASS = new Set([
  'ValidationException',
  'MissingParameter',
  'SerializationException',
  'AccessDenied',
  'AccessDeniedException',
  'InternalFailure',
  'ServiceUnavailable',
]);

/** S3's model names few of its error codes; 'SlowDown' and all others are an S3Exception. */
const S3_CLASSES = new Set([
  'BucketAlreadyExists',
  'BucketAlreadyOwnedByYou',
  'EncryptionTypeMismatch',
  'IdempotencyParameterMismatch',
  'InvalidObjectState',
  'InvalidRequest',
  'InvalidWriteOffset',
  'NoSuchBucket',
  'NoSuchKey',
  'NoSuchUpload',
  'ObjectAlreadyInActiveTierError',
  'ObjectNotInActiveTierError',
  'TooManyParts',
]);

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', (error as Error).message, 500);
}
