import { AwsError, type AwsShape } from '../aws';

const validation = (problem: string) => new AwsError('ValidationException', `1 validation error detected: ${problem}`);

/** The errors of the Step Functions API, in AWS's words (docs.aws.amazon.com/step-functions/latest/apireference). */
export const failures = {
  validation,
  missing: (member: string) =>
    validation(`Value null at '${member}' failed to satisfy constraint: Member must not be null`),
  constraint: (member: string, value: unknown, constraint: string) =>
    validation(`Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`),
  invalidArn: (problem: string) => new AwsError('InvalidArn', `Invalid Arn: '${problem}'`),
  invalidName: (name: string) => new AwsError('InvalidName', `Invalid Name: '${name}'`),
  invalidToken: () => new AwsError('InvalidToken', "Invalid Token: 'Invalid token'"),
  invalidInput: (problem: string) =>
    new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${problem}'`),
  invalidOutput: (problem: string) => new AwsError('InvalidOutput', `Invalid Output: '${problem}'`),
  invalidLogging: (problem: string) =>
    new AwsError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`),
  machineUnknown: (arn: string) => new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`),
  machineExists: (arn: string) => new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`),
  machineType: () =>
    new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine'),
  executionUnknown: (arn: string) => new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`),
  executionExists: (arn: string) => new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`),
  activityUnknown: (arn: string) => new AwsError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`),
  resourceUnknown: (arn: string) =>
    new AwsError('ResourceNotFound', `Resource not found: '${arn}'`, 400, { resourceName: arn }),
  taskTimedOut: () => new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"),
  taskUnknown: () => new AwsError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist anymore'"),
  tooManyTags: (arn: string) =>
    new AwsError('TooManyTags', `'${arn}' would have more than 50 tags`, 400, { resourceName: arn }),
  nothingToUpdate: () =>
    new AwsError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    ),
  notYet: (what: string) => new AwsError('UnsupportedOperation', `The local cloud does not run ${what}.`, 501),
} satisfies Record<string, (...words: never[]) => AwsError>;

export type Input = AwsShape;
