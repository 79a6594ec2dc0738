import type { Json } from '../asl/json';
import { parsePayload, requireName } from '../services/states/checks';
import { checkRequest } from '../services/states/constraints';
import { failures } from '../services/states/errors';

/**
 * Owns what an execution under test is started with: what a test says of it, checked as StartExecution does, and as the JSON that it is
 * on the wire.
 */
export interface StartRequest {
  readonly name: string;
  readonly input: Json;
  readonly inputText: string;
}

/** @throws Error when the input is not JSON; AwsError as StartExecution does, e.g. InvalidName */
export function startRequest(stateMachineArn: string, name: string, given: unknown): StartRequest {
  const inputText = jsonText(given);
  checkRequest('StartExecution', { stateMachineArn, name, input: inputText });
  requireName({ name });
  return { name, input: parsePayload(inputText, 'input', failures.invalidInput), inputText };
}

/** JSON leaves out of an object what is undefined; all else that it cannot say is refused. */
function jsonText(input: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(input, (key, value) => {
      const flaw = flawOf(value);
      if (flaw !== undefined) throw new Error(key === '' ? `it is ${flaw}` : `${key} is ${flaw}`);
      return value;
    });
  } catch (error) {
    // Of what refers to itself, JSON.stringify draws a picture below its first line.
    throw new Error(`The input is not JSON: ${(error as Error).message.split('\n')[0]}.`);
  }
  if (text === undefined) throw new Error('The input is not JSON: it is nothing.');
  return text;
}

/** By its tag: what a test makes may be of another realm. */
function flawOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      return `a ${typeof value}`;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object': {
      const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
      return /^(Object|Array|Null|String|Number|Boolean)$/.test(tag) ? undefined : `a ${tag}`;
    }
    default:
      return undefined;
  }
}
