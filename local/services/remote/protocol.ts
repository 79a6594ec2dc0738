import { AwsError, type AwsShape } from '../aws';
import type { Answer, OutgoingRequest } from './http';

/** How calls of a remote API look on the wire: one of AWS's protocols with what is particular to the service. */
export interface ClientProtocol {
  /** The request of an operation. Throws `AwsError` for one that the protocol's tables do not have. */
  write(operation: string, input: AwsShape): OutgoingRequest;
  /** The operation's output in an answer of status 2xx. */
  read(operation: string, answer: Answer): AwsShape;
  /** What any other answer says. */
  readError(answer: Answer): AwsError;
}

/** An operation that is not among those that a REST API's table has. */
export function unknownOperation(service: string, operation: string): AwsError {
  return new AwsError('UnknownOperationException', `Calls of ${operation} of a remote ${service} are not known here.`);
}

/** The members that are given. */
export function given<T>(members: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<string, T>;
}
