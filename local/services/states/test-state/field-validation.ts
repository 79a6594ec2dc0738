import { type Spelling, spelledName } from '../../../asl/integrations/member-name';
import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { AwsError } from '../../aws';
import { ApiModel, type Shape } from '../api-models/api-model';
import { parseResource } from '../integrations/resource';
import type { FieldValidationMode } from './request';

/**
 * Owns the check of a mocked result against the model of the API that the task calls. Members are named as state
 * machines see them; members that the model does not know are left alone.
 *
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html
 */
export function checkFields(resource: string, result: Json, mode: FieldValidationMode): void {
  if (mode === 'NONE') return;
  const answer = answerOf(resource);
  if (!answer) return;
  if (!isObject(result)) throw new AwsError('ValidationException', 'Mocked result must be a JSON object.');
  new Check(answer, mode === 'STRICT').structure(answer.shape, result);
}

interface Answer {
  readonly model: ApiModel;
  readonly shape: Shape;
  readonly spelling: Spelling;
  /** Members that an optimised integration gives as JSON, whatever the API calls them. */
  readonly free: readonly string[];
}

/** The optimised integrations' names of services where they are not those of `aws-sdk:`. */
const SERVICES: Readonly<Record<string, string>> = { events: 'eventbridge', states: 'sfn' };

const FREE: Readonly<Record<string, readonly string[]>> = {
  'lambda:invoke': ['Payload'],
  'states:startExecution.sync:2': ['Input', 'Output'],
};

/** Undefined where no model binds the result: a function's own, a token's, a worker's, or a service without a model. */
function answerOf(arn: string): Answer | undefined {
  const resource = parseResource(arn);
  if (resource.kind === 'unknown' || resource.kind === 'function') return undefined;
  const { kind, service, action, pattern } = resource;
  if (pattern === 'waitForTaskToken') return undefined;
  const model = ApiModel.of(kind === 'optimized' ? (SERVICES[service] ?? service) : service);
  const operation = pattern === 'requestResponse' ? pascal(action) : 'DescribeExecution';
  const shape = model?.output(operation);
  if (!model || !shape) return undefined;
  const suffix = pattern === 'requestResponse' ? '' : `.${pattern}`;
  return { model, shape, spelling: kind, free: (kind === 'optimized' && FREE[`${service}:${action}${suffix}`]) || [] };
}

class Check {
  constructor(
    private readonly answer: Answer,
    private readonly strict: boolean,
  ) {}

  structure({ shape = '', members = {}, required = [] }: Shape, value: JsonObject): void {
    const { model, spelling } = this.answer;
    const spelled = (name: string) => spelledName(spelling, model.service, shape, name);
    const missing = this.strict && required.map(spelled).find((name) => !Object.hasOwn(value, name));
    if (missing) throw invalid(`Required field '${missing}' is missing`);
    const known = new Map(Object.entries(members).map(([name, reference]) => [spelled(name), reference]));
    for (const [name, member] of Object.entries(value)) {
      const reference = known.get(name);
      if (reference !== undefined && !this.answer.free.includes(name)) this.#member(reference, member, name);
    }
  }

  #member(reference: string, value: Json, field: string): void {
    const shape = this.answer.model.shape(reference);
    if (shape.type === 'any') return;
    const { kind, is } = KINDS[shape.type];
    if (!is(value)) throw invalid(`Field '${field}' must be ${kind}`);
    if (shape.type === 'structure') this.structure(shape, value as JsonObject);
    else if (shape.type === 'list' || shape.type === 'map') {
      for (const item of Object.values(value as JsonObject)) this.#member(shape.of as string, item, field);
    } else checkLimits(shape, value, field);
  }
}

const OBJECT = { kind: 'an object', is: isObject };
const TEXT = { kind: 'a string', is: (value: Json) => typeof value === 'string' };
const NUMBER = { kind: 'a number', is: (value: Json) => typeof value === 'number' };
const INTEGER = { kind: 'a number', is: Number.isInteger };

const KINDS: Record<Exclude<Shape['type'], 'any'>, { kind: string; is: (value: Json) => boolean }> = {
  structure: OBJECT,
  map: OBJECT,
  list: { kind: 'an array', is: Array.isArray },
  string: TEXT,
  blob: TEXT,
  // Optimised integrations give milliseconds, `aws-sdk:` ones text.
  timestamp: { kind: 'a string', is: (value) => typeof value === 'string' || typeof value === 'number' },
  boolean: { kind: 'a boolean', is: (value) => typeof value === 'boolean' },
  integer: INTEGER,
  long: INTEGER,
  float: NUMBER,
  double: NUMBER,
};

function checkLimits(
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, enum: values }: Shape,
  value: Json,
  field: string,
): void {
  if (typeof value === 'number') {
    if (value < min) throw invalid(`Field '${field}' is less than the minimum value`);
    if (value > max) throw invalid(`Field '${field}' exceeds the maximum value`);
  }
  if (typeof value === 'string') {
    if (values && !values.includes(value)) throw invalid(`Field '${field}' is not an expected value`);
    if (value.length < min) throw invalid(`Field '${field}' is smaller than the minimum length`);
    if (value.length > max) throw invalid(`Field '${field}' exceeds the maximum length`);
  }
}

function invalid(problem: string): AwsError {
  return new AwsError('ValidationException', `Mock result schema validation error: ${problem}`);
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
