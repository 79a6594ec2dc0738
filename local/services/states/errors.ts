import { AwsError, type AwsShape } from '../aws';

const validation = (problem: string) => new AwsError('ValidationException', `1 validation error detected: ${problem}`);

/** A ValidationException that is not about a single member's constraint; `reason` as in the API's model. */
const refusal = (reason: string, message: string) => new AwsError('ValidationException', message, 400, { reason });
const routing = (problem: string) => refusal('INVALID_ROUTING_CONFIGURATION', `Routing configuration ${problem}`);
const received = (arns: string[]) => `Received: [${arns.join(', ')}]`;

/** The errors of the Step Functions API, in AWS's words (docs.aws.amazon.com/step-functions/latest/apireference). */
export const failures = {
  validation,
  invalidArn: (problem: string) => new AwsError('InvalidArn', `Invalid Arn: '${problem}'`),
  invalidName: (name: string) => new AwsError('InvalidName', `Invalid Name: '${name}'`),
  invalidToken: () => new AwsError('InvalidToken', "Invalid Token: 'Invalid token'"),
  invalidInput: (problem: string) =>
    new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${problem}'`),
  invalidOutput: (problem: string) => new AwsError('InvalidOutput', `Invalid Output: '${problem}'`),
  invalidLogging: (problem: string) =>
    new AwsError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`),
  invalidEncryption: (problem: string) =>
    new AwsError('InvalidEncryptionConfiguration', `Invalid Encryption Configuration: ${problem}`),
  labeledArn: (arn: string) =>
    refusal(
      'API_DOES_NOT_SUPPORT_LABELED_ARNS',
      `This operation does not support state machine ARNs with labels: '${arn}'`,
    ),
  missingParameter: (message: string) => refusal('MISSING_REQUIRED_PARAMETER', message),
  descriptionWithoutPublish: () =>
    new AwsError('ValidationException', 'Version description can only be set when publish is true'),
  revisionConflict: (wanted: string, current: string) =>
    new AwsError(
      'ConflictException',
      `Failed to publish the State Machine version for revision ${wanted}. The current State Machine revision is ${current}.`,
      409,
    ),
  versionInUse: (aliases: string[]) =>
    new AwsError(
      'ConflictException',
      `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${aliases.join(', ')}]`,
      409,
    ),
  aliasExists: () =>
    new AwsError(
      'ConflictException',
      'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
      409,
    ),
  tooManyVersions: (arn: string, most: number) =>
    new AwsError('ServiceQuotaExceededException', `'${arn}' already has ${most} versions`, 402),
  tooManyAliases: (arn: string, most: number) =>
    new AwsError('ServiceQuotaExceededException', `'${arn}' already has ${most} aliases`, 402),
  routesRepeat: (arns: string[]) => routing(`must contain distinct state machine version ARNs. ${received(arns)}`),
  routesToNoVersions: (arns: string[]) => routing(`must contain state machine version ARNs. ${received(arns)}`),
  routesOfOthers: (arns: string[]) => routing(`must contain versions of the same state machine. ${received(arns)}`),
  weights: (weights: number[]) =>
    refusal(
      'INVALID_ROUTING_CONFIGURATION',
      `Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`,
    ),
  referenceUnknown: (arn: string) =>
    new AwsError('ResourceNotFound', 'Request references a resource that does not exist.', 400, { resourceName: arn }),
  machineUnknown: (arn: string) => new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`),
  machineExists: (arn: string) => new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`),
  machineType: () =>
    new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine'),
  executionUnknown: (arn: string) => new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`),
  executionExists: (arn: string) => new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`),
  activityExists: (arn: string) => new AwsError('ActivityAlreadyExists', `Activity Already Exists: '${arn}'`),
  activityUnknown: (arn: string) => new AwsError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`),
  resourceUnknown: (arn: string) =>
    new AwsError('ResourceNotFound', `Resource not found: '${arn}'`, 400, { resourceName: arn }),
  taskTimedOut: () => new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"),
  taskUnknown: () => new AwsError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist anymore'"),
  invalidTag: () =>
    new AwsError(
      'ValidationException',
      'Tags may only contain Unicode letters, digits, white space, or these symbols: _ . : / = + - @',
    ),
  tooManyTags: (arn: string) =>
    new AwsError('TooManyTags', `'${arn}' would have more than 50 tags`, 400, { resourceName: arn }),
  nothingToUpdate: () =>
    new AwsError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    ),
} satisfies Record<string, (...words: never[]) => AwsError>;

export type Input = AwsShape;
