import { type Member, type MemberType, RequestModel } from '../../asl/integrations/requests';
import { isObject, type Json } from '../../asl/json';
import { AwsError, type AwsShape, NotRunHere } from '../aws';
import { checkSelection, SelectionError, selected, textOf, type Visit } from './selection';

/**
 * Owns the first-class integrations of HTTP APIs: which operation of which service each is, what parameters it takes, and how those
 * become the operation's request.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
 */
interface Operation {
  /** As `AwsService.id` */
  readonly service: string;
  readonly operation: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** Each takes `Region` too, which here can only be the one that there is. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'StepFunctions-StartExecution': {
    service: 'sfn',
    operation: 'StartExecution',
    required: ['StateMachineArn'],
    optional: ['Name', 'Input', 'TraceHeader'],
  },
  'StepFunctions-StartSyncExecution': {
    service: 'sfn',
    operation: 'StartSyncExecution',
    required: ['StateMachineArn'],
    optional: ['Name', 'Input', 'TraceHeader'],
  },
  'StepFunctions-StopExecution': {
    service: 'sfn',
    operation: 'StopExecution',
    required: ['ExecutionArn'],
    optional: ['Cause', 'Error'],
  },
  'EventBridge-PutEvents': {
    service: 'eventbridge',
    operation: 'PutEvents',
    required: ['Detail', 'DetailType', 'Source'],
    optional: ['Time', 'EventBusName', 'Resources', 'TraceHeader'],
  },
  'SQS-SendMessage': {
    service: 'sqs',
    operation: 'SendMessage',
    required: ['QueueUrl', 'MessageBody'],
    optional: [
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
      'MessageSystemAttributes',
    ],
  },
  'SQS-ReceiveMessage': {
    service: 'sqs',
    operation: 'ReceiveMessage',
    required: ['QueueUrl'],
    optional: [
      'AttributeNames',
      'MaxNumberOfMessages',
      'MessageAttributeNames',
      'ReceiveRequestAttemptId',
      'VisibilityTimeout',
      'WaitTimeSeconds',
    ],
  },
  'SQS-DeleteMessage': {
    service: 'sqs',
    operation: 'DeleteMessage',
    required: ['QueueUrl', 'ReceiptHandle'],
    optional: [],
  },
  'SQS-PurgeQueue': { service: 'sqs', operation: 'PurgeQueue', required: ['QueueUrl'], optional: [] },
};

export type Parameters = Readonly<Record<string, string>>;

/** A parameter has no value in a request; the message is API Gateway's, for its logs. */
export class UnresolvedParameter extends Error {
  override readonly name = 'UnresolvedParameter';
}

/**
 * Checks an integration as CreateIntegration does.
 * @throws AwsError BadRequestException; NotRunHere for what AWS would take
 */
export function checkServiceIntegration(subtype: string, parameters: Parameters, region: string): void {
  if (!Object.hasOwn(OPERATIONS, subtype)) throw new NotRunHere(`the integration ${subtype}`);
  const { required, optional } = OPERATIONS[subtype] as Operation;
  for (const [name, expression] of Object.entries(parameters)) {
    if (![...required, ...optional, 'Region'].includes(name)) {
      throw badRequest(`Parameter: ${name} does not fit schema for Operation: ${subtype}.`);
    }
    checkExpression(name, expression);
  }
  if (required.some((name) => parameters[name] === undefined)) {
    throw badRequest(
      `Operation: ${subtype} requires enabling passthrough, or defining all of the following parameters: [${required.join(', ')}]`,
    );
  }
  if (parameters.Region !== undefined && parameters.Region !== region) throw new NotRunHere('other regions');
}

function checkExpression(name: string, expression: string): void {
  try {
    checkSelection(expression);
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error;
    const fault = `Invalid source: ${expression} specified for destination: ${name}`;
    throw badRequest(`Invalid selection expression specified: Validation Result: warnings : [], errors : [${fault}]`);
  }
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}

/**
 * What to call for a request.
 * @throws UnresolvedParameter
 */
export function serviceCall(
  subtype: string,
  parameters: Parameters,
  visit: Visit,
): { service: string; operation: string; input: AwsShape } {
  const { service, operation } = OPERATIONS[subtype] as Operation;
  const members = membersOf(service, operation);
  const input: AwsShape = {};
  for (const [name, expression] of Object.entries(parameters)) {
    if (name === 'Region') continue;
    const [member, { type }] = members.get(name.toLowerCase()) as [string, Member];
    const found = selected(expression, visit);
    const value = found === undefined ? undefined : asType(type, found);
    if (value === undefined) {
      throw new UnresolvedParameter(
        `Unable to resolve property ${name} from source ${expression}. Please make sure that the value is not empty and is of correct type.`,
      );
    }
    input[member] = value;
  }
  return { service, operation, input: operation === 'PutEvents' ? { Entries: [input] } : input };
}

/** The members of the operation's request, or of its one entry: by their names in lower case, since services begin them as they like. */
function membersOf(service: string, operation: string): Map<string, [string, Member]> {
  const model = RequestModel.of(service) as RequestModel;
  const shape = operation === 'PutEvents' ? 'PutEventsRequestEntry' : (model.request(operation) as string);
  return new Map([...model.shape(shape)].map(([name, member]) => [name.toLowerCase(), [name, member]]));
}

/** Undefined for what is not of the type. */
function asType({ kind }: MemberType, value: Json): Json | undefined {
  switch (kind) {
    case 'integer':
    case 'long':
      return Number.isInteger(Number(value)) ? Number(value) : undefined;
    case 'map':
    case 'structure': {
      const object = json(value);
      return isObject(object) ? object : undefined;
    }
    case 'list': {
      const list = json(value);
      return Array.isArray(list) ? list : undefined;
    }
    default:
      return textOf(value);
  }
}

function json(value: Json): Json | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}
