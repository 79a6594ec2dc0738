import { isObject, type Json } from '../../../asl/json';
import type { MapState, State, TaskState } from '../../../asl/model';
import { AwsError } from '../../aws';
import { checkFields } from './field-validation';
import type { Mock, TestRequest } from './request';
import { statesWithin } from './subject';

/** Owns what stands in for a task, branches or iterations under test: when it must be given, and what it may be. */
export type MockedOutcome =
  | { readonly result: Json }
  | { readonly error: string | undefined; readonly cause: string | undefined };

/** The mock of the request, if it has one; throws ValidationException or InvalidDefinition where it does not fit. */
export function readOutcome(state: State, request: TestRequest): MockedOutcome | undefined {
  const { mock } = request;
  checkConfiguration(state, request);
  if (!mock) {
    checkUnmocked(state, request);
    return undefined;
  }
  if (state.Type !== 'Task' && state.Type !== 'Map' && state.Type !== 'Parallel') {
    throw invalid(`State type '${state.Type}' is not supported when a mock is specified`);
  }
  if (request.revealSecrets) throw invalid('TestState does not support RevealSecrets when a mock is specified.');
  const { result, errorOutput } = mock;
  if ((result === undefined) === (errorOutput === undefined)) {
    const number = errorOutput ? 'only one' : 'one';
    throw invalid(`A test mock should have ${number} of the following fields: [result, errorOutput].`);
  }
  if (errorOutput) return { error: errorOutput.error, cause: errorOutput.cause };
  return { result: readResult(state, mock) };
}

/** Whether the task goes on after its call was answered: it waits for a job or for the holder of its token. */
export function waitsForAnswer({ Resource }: TaskState): boolean {
  return /\.(sync|sync:2|waitForTaskToken)$/.test(Resource);
}

function isActivity(resource: string): boolean {
  return /^arn:[^:]+:states:[^:]*:[^:]*:activity:/.test(resource);
}

const NEEDS_MOCK = {
  context: 'Context',
  retrierRetryCount: 'RetrierRetryCount',
  errorCausedByState: 'ErrorCausedByState',
  mapIterationFailureCount: 'MapIterationFailureCount',
  mapItemReaderData: 'MapItemReaderData',
} as const;

function checkConfiguration(state: State, { mock, context, configuration }: TestRequest): void {
  const given: Partial<Record<string, unknown>> = { context, ...configuration };
  const orphan = Object.entries(NEEDS_MOCK).find(([member]) => given[member] !== undefined);
  if (!mock && orphan) throw invalid(`TestState does not support ${orphan[1]} when a mock is not specified.`);
  const { errorCausedByState } = configuration;
  if (errorCausedByState !== undefined && !statesWithin(state).includes(errorCausedByState)) {
    throw invalid('State not found in definition');
  }
}

function checkUnmocked(state: State, { roleArn }: TestRequest): void {
  if (state.Type === 'Map' || state.Type === 'Parallel') {
    const types = 'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
    throw unsupported(`Map or Parallel states. ${types}`);
  }
  if (state.Type !== 'Task') return;
  if (isActivity(state.Resource)) throw unsupported('Activity tasks.');
  if (waitsForAnswer(state)) throw unsupported("'.sync' or '.waitForTaskToken' integration patterns.");
  if (roleArn === undefined) throw invalid('RoleArn must be specified when testing a Task state');
}

function unsupported(what: string): AwsError {
  return new AwsError('InvalidDefinition', `TestState API does not support ${what}`);
}

function readResult(state: TaskState | State, { result = '', mode }: Mock): Json {
  const value = parse(result);
  switch (state.Type) {
    case 'Task':
      checkFields(state.Resource, value, mode);
      break;
    case 'Map':
      checkMapResult(state, value);
      break;
    case 'Parallel':
      if (requireArray(value).length !== state.Branches.length) {
        throw invalid('Mocked result must contain the same number of items as number of Parallel branches.');
      }
  }
  return value;
}

/** A Map that writes its results to a bucket answers where they are. */
function checkMapResult({ ResultWriter }: MapState, value: Json): void {
  if (ResultWriter?.Resource === undefined) requireArray(value);
  else if (!isObject(value)) throw invalid('Mocked result must be a JSON object.');
}

function requireArray(value: Json): Json[] {
  if (!Array.isArray(value)) throw invalid('Mocked result must be an array.');
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Mocked result must be valid JSON');
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
