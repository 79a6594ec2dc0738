import type { AwsShape } from '../../../local/services/aws';
import type { LocalCloud } from './local-cloud';

type Fields = Record<string, unknown>;

/** What a call of TestState is given; members that are JSON on the wire are values here. */
export interface Given extends Fields {
  input?: unknown;
  variables?: Fields;
  context?: unknown;
  /** The members of `mock`. */
  result?: unknown;
  errorOutput?: { error?: string; cause?: string };
  mode?: 'STRICT' | 'PRESENT' | 'NONE';
}

function request(
  definition: Fields,
  { input, variables, context, result, errorOutput, mode, ...more }: Given,
): AwsShape {
  const text = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  const mocked = result !== undefined || errorOutput !== undefined;
  return {
    definition: JSON.stringify(definition),
    input: text(input),
    variables: text(variables),
    context: text(context),
    ...(mocked && { mock: { result: text(result), errorOutput, fieldValidationMode: mode } }),
    ...more,
  };
}

/** The answer of TestState, with the JSON in it as values. */
export async function testState(cloud: LocalCloud, definition: Fields, given: Given = {}): Promise<AwsShape> {
  const { output, inspectionData, ...answer } = await cloud.call('TestState', request(definition, given));
  return {
    ...answer,
    ...(output !== undefined && { output: JSON.parse(output) }),
    ...(inspectionData && {
      inspectionData: Object.fromEntries(
        Object.entries(inspectionData).map(([name, value]) => [
          name,
          typeof value === 'string' ? JSON.parse(value) : value,
        ]),
      ),
    }),
  };
}

/** The error that TestState answers. */
export function refused(cloud: LocalCloud, definition: Fields, given: Given = {}) {
  return cloud.error('TestState', request(definition, given));
}

export const DEBUG = { inspectionLevel: 'DEBUG' };
