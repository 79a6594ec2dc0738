import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { AwsError } from '../../aws';
import { parsePayload } from '../checks';
import { failures, type Input } from '../errors';

/**
 * Owns what TestState is asked, and the JSON in it. The members have been held against the API's model before.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
 */
export interface TestRequest {
  readonly definition: string;
  readonly stateName?: string;
  readonly roleArn?: string;
  readonly input: { readonly text: string; readonly value: Json };
  readonly level: 'INFO' | 'DEBUG' | 'TRACE';
  readonly revealSecrets: boolean;
  readonly variables: JsonObject;
  readonly context?: string;
  readonly mock?: Mock;
  readonly configuration: Configuration;
}

export interface Mock {
  readonly result?: string;
  readonly errorOutput?: { readonly error?: string; readonly cause?: string };
  readonly mode: FieldValidationMode;
}

export type FieldValidationMode = 'STRICT' | 'PRESENT' | 'NONE';

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestStateConfiguration.html */
export interface Configuration {
  readonly retrierRetryCount?: number;
  readonly errorCausedByState?: string;
  readonly mapIterationFailureCount?: number;
  readonly mapItemReaderData?: string;
}

/** @throws AwsError InvalidExecutionInput or ValidationException if a member is not the JSON that it must be */
export function readRequest(input: Input): TestRequest {
  const { mock, stateConfiguration } = input;
  const text = input.input ?? '{}';
  return {
    definition: input.definition,
    stateName: input.stateName ?? undefined,
    roleArn: input.roleArn ?? undefined,
    input: { text, value: parsePayload(text, 'input', failures.invalidInput) },
    level: input.inspectionLevel ?? 'INFO',
    revealSecrets: input.revealSecrets === true,
    variables: readVariables(input.variables ?? '{}'),
    context: input.context ?? undefined,
    mock: mock ? readMock(mock) : undefined,
    configuration: stateConfiguration ? given(stateConfiguration) : {},
  };
}

function readVariables(text: string): JsonObject {
  const refuse = () => new AwsError('ValidationException', 'Variables must be a valid JSON object');
  const value = parsePayload(text, 'variables', refuse);
  if (!isObject(value)) throw refuse();
  return value;
}

function readMock({ result, errorOutput, fieldValidationMode }: Input): Mock {
  return {
    result: result ?? undefined,
    errorOutput: errorOutput ? given(errorOutput) : undefined,
    mode: fieldValidationMode ?? 'STRICT',
  };
}

/** A member that is null is one that is not there. */
function given(structure: Input): Input {
  return Object.fromEntries(Object.entries(structure).filter(([, value]) => value !== null));
}
