import type { Json, JsonObject } from '../../../local/asl/json';
import { type Diagnostic, validateDefinition } from '../../../local/asl/validate';

/** A machine that is valid around the one state under test, whatever this leads to. */
export function machineWith(state: JsonObject, more: JsonObject = {}): JsonObject {
  return { StartAt: 'S', States: { S: state, Next: { Type: 'Succeed' } }, ...more };
}

export function diagnose(machine: Json, type?: 'STANDARD' | 'EXPRESS'): Diagnostic[] {
  return validateDefinition(JSON.stringify(machine), type && { type }).diagnostics;
}

/** What one state alone cannot have: where it leads, and what others assign. */
const FROM_OTHERS = new Set(['MISSING_TRANSITION_TARGET', 'UNASSIGNED_VARIABLE']);

/** The findings as `message @location`, errors marked by nothing and warnings by their code. */
export function findings(machine: Json, type?: 'STANDARD' | 'EXPRESS'): string[] {
  return diagnose(machine, type)
    .filter(({ code }) => !FROM_OTHERS.has(code))
    .map(
      ({ severity, code, message, location }) => `${severity === 'ERROR' ? '' : `${code}: `}${message} @${location}`,
    );
}
