import { AwsError, type AwsShape } from '../aws';
import { answer } from './shapes';

/** The errors of DynamoDB that Stepwright raises itself, in AWS's words. */

export const validationError = (message: string) => new AwsError('ValidationException', message);

export const tableNotFound = (name: string) =>
  new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);

export const tableExists = (name: string) => new AwsError('ResourceInUseException', `Table already exists: ${name}`);

/** Why one action of a cancelled transaction would have failed; 'None' for those that would not. */
export interface CancellationReason {
  Code: string;
  Message?: string;
  Item?: AwsShape;
}

export const transactionCanceled = (reasons: CancellationReason[]) =>
  new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    400,
    answer({ CancellationReasons: reasons }),
  );
