import type { JsonObject } from '../asl/json';

/** How history events are named and what they carry. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */

/** The member of a HistoryEvent that holds the details of a type: 'TaskStateEntered' -> 'stateEnteredEventDetails'. */
export function detailsKey(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

const NOT_TRUNCATED = { truncated: false };

/** Payloads are JSON texts in a history. */
export function inputDetails(text: string): JsonObject {
  return { input: text, inputDetails: NOT_TRUNCATED };
}

export function outputDetails(text: string): JsonObject {
  return { output: text, outputDetails: NOT_TRUNCATED };
}

export function enteredDetails(name: string, inputText: string): JsonObject {
  return { name, input: inputText, inputDetails: NOT_TRUNCATED };
}

export function exitedDetails(name: string, outputText: string, assigned: JsonObject | undefined): JsonObject {
  const details = { name, output: outputText, outputDetails: NOT_TRUNCATED };
  if (!assigned || Object.keys(assigned).length === 0) return details;
  const texts = Object.entries(assigned).map(([variable, value]) => [variable, JSON.stringify(value)]);
  return { ...details, assignedVariables: Object.fromEntries(texts), assignedVariablesDetails: NOT_TRUNCATED };
}

/** `{error, cause}` without what is not known. */
export function errorDetails(error: string | undefined, cause: string | undefined): JsonObject {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
