import { isObject, type JsonObject } from './json';
import { checkBlock } from './validate/block';
import { checkEnd, checkReachable, checkTargets } from './validate/graph';
import { type DuplicateName, scanJson } from './validate/json';
import { checkNames, checkScopes } from './validate/names';
import { Place } from './validate/place';
import { type Diagnostic, Report } from './validate/report';
import { integer, oneOf } from './validate/values';
import { checkVariables } from './validate/variables';
import { blocksOf } from './validate/walk';

/**
 * Finds in a definition what AWS finds when a state machine is created, and warns of what it finds only at run time.
 * Texts and codes are AWS's where they are known.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
 */
export type { Diagnostic };

export interface Validation {
  /** FAIL if there is at least one ERROR. */
  readonly result: 'OK' | 'FAIL';
  readonly diagnostics: Diagnostic[];
}

export interface ValidationOptions {
  /** 'STANDARD' by default. */
  readonly type?: 'STANDARD' | 'EXPRESS';
  /** Why a resource that AWS knows is not run where the definition is to run; undefined if it is. Makes warnings. */
  readonly notRunHere?: (resource: string) => string | undefined;
}

/** AWS's limit, in characters. */
const MAX_SIZE = 1_048_576;

const MAX_SECONDS = 99_999_999;

/** Whatever the text is, this answers; it never throws. */
export function validateDefinition(text: string, options: ValidationOptions = {}): Validation {
  const report = new Report();
  if (text.length > MAX_SIZE) {
    report.add(error('SCHEMA_VALIDATION_FAILED', `Definition must not be longer than ${MAX_SIZE} characters`));
  } else if (text.trim() === '') {
    report.add(error('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object'));
  } else {
    return checkText(text, report, options);
  }
  return { result: 'FAIL', diagnostics: report.diagnostics };
}

/** The message of InvalidDefinition, by which CreateStateMachine and its like refuse a definition. */
export function invalidDefinitionMessage(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
  const parts = errors.map(({ code, message, location }) => `${code}: ${message} at ${location ?? null}`);
  return `Invalid State Machine Definition: '${parts.join(', ')}'`;
}

function checkText(text: string, report: Report, options: ValidationOptions): Validation {
  const { problem, lines, duplicates } = scanJson(text);
  if (problem) {
    const { message, source, line } = problem;
    report.add({ ...error('INVALID_JSON_DESCRIPTION', `${message}\n at ${source}`), location: source, line });
  } else {
    checkMachine(JSON.parse(text), report, options);
    for (const duplicate of duplicates) report.add(doubled(duplicate));
  }
  const diagnostics = report.diagnostics.map((found) => ({ ...found, ...lineOf(found, lines) }));
  return { result: report.hasErrors ? 'FAIL' : 'OK', diagnostics };
}

/** The last of two fields of one name counts; of two states, one would be lost. */
function doubled({ path, name }: DuplicateName): Diagnostic {
  const location = `${path}/${name}`;
  if (path.endsWith('/States')) return { ...error('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`), location };
  return { severity: 'WARNING', code: 'DUPLICATE_FIELD', message: `Field '${name}' appears more than once`, location };
}

function checkMachine(machine: unknown, report: Report, options: ValidationOptions): void {
  if (!isObject(machine)) {
    report.add(error('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object'));
    return;
  }
  const language = machineLanguage(machine);
  const { type = 'STANDARD', notRunHere } = options;
  const place = new Place({ report, language, machineLanguage: language, type, statesFields: [], notRunHere });
  checkBlock(machine, place, {
    QueryLanguage: oneOf('JSONPath', 'JSONata'),
    TimeoutSeconds: integer(1, MAX_SECONDS),
    Version: oneOf('1.0'),
  });
  const blocks = [...blocksOf(machine, place)];
  checkNames(blocks);
  checkScopes(blocks);
  const sound = !report.hasErrors;
  if (sound) checkVariables(blocks);
  for (const block of blocks) checkTargets(block);
  // Whatever else is wrong would show here a second time.
  if (!sound) return;
  for (const block of blocks) checkEnd(block);
  if (report.diagnostics.some(({ code, severity }) => code === 'MISSING_END_STATE' && severity === 'ERROR')) return;
  for (const block of blocks) checkReachable(block);
}

function machineLanguage(machine: JsonObject): 'JSONPath' | 'JSONata' {
  return machine.QueryLanguage === undefined || machine.QueryLanguage === 'JSONPath' ? 'JSONPath' : 'JSONata';
}

function error(code: string, message: string): Diagnostic {
  return { severity: 'ERROR', code, message };
}

/** The line of the place itself, or of the nearest one around it that is in the text. */
function lineOf({ line, location }: Diagnostic, lines: ReadonlyMap<string, number>): { line?: number } {
  if (line !== undefined || location === undefined) return {};
  for (let path = location; path !== ''; path = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('[')))) {
    const found = lines.get(path);
    if (found !== undefined) return { line: found };
  }
  return {};
}
