import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { AwsError } from '../../aws';

/** Owns the context object that a test gives itself: which fields it may have, all of them optional. */
const FIELDS = {
  Execution: {
    Id: 'string',
    Input: 'object',
    Name: 'string',
    RoleArn: 'string',
    StartTime: 'string',
    RedriveCount: 'integer',
    RedriveTime: 'string',
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'integer' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
} satisfies Record<string, Record<string, keyof typeof TYPES>>;

const TYPES = {
  string: { article: 'a', has: (value: Json) => typeof value === 'string' },
  integer: { article: 'an', has: (value: Json) => Number.isInteger(value) },
  object: { article: 'an', has: isObject },
};

/**
 * @param mayHaveTask whether the state under test is one that gets a task token
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export function readContextObject(text: string, mayHaveTask: boolean): JsonObject {
  const context = parse(text);
  for (const [group, value] of Object.entries(context)) checkGroup(group, value);
  if (context.Task !== undefined && !mayHaveTask) {
    throw invalid(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    );
  }
  return context;
}

function parse(text: string): JsonObject {
  let value: Json = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Refused below, as is JSON that is no object.
  }
  if (!isObject(value)) throw invalid('Context object must be a valid JSON object');
  return value;
}

function checkGroup(group: string, value: Json): void {
  if (group === 'Map') throw invalid("'Map' field is not supported when mocking a Context object");
  if (!Object.hasOwn(FIELDS, group)) throw invalid(`Field '${group}' is not allowed`);
  const fields: Record<string, keyof typeof TYPES> = FIELDS[group as keyof typeof FIELDS];
  requireType(group, value, 'object');
  for (const [field, member] of Object.entries(value as JsonObject)) {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!type) throw invalid(`Field '${field}' is not allowed`);
    requireType(`${group}.${field}`, member, type);
  }
}

function requireType(path: string, value: Json, type: keyof typeof TYPES): void {
  const { article, has } = TYPES[type];
  if (!has(value)) throw invalid(`${path} must be ${article} ${type}`);
}

function invalid(problem: string): AwsError {
  return new AwsError('ValidationException', `Invalid Context object provided: ${problem}`);
}
