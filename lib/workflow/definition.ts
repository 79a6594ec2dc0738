import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, validateDefinition } from '../../local/asl/validate';

/** Owns the way from `statemachines/<name>.asl.json` to a definition that may be deployed: placeholders match, and it is valid. */
export const definitionsDirectory = join(__dirname, '..', '..', 'statemachines');

/** A definition cannot be deployed; the message names the file, the state and the reason. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

export interface DefinitionSource {
  /** The file is `<name>.asl.json`. */
  readonly name: string;
  readonly directory: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** The names that the file must use as `${Name}`, no more and no fewer. */
  readonly placeholders: readonly string[];
}

export interface Definition {
  /** As it stands in the file. */
  readonly text: string;
  /** What AWS accepts and would find only when the state machine runs. */
  readonly warnings: readonly string[];
}

/**
 * The definition in the file.
 *
 * @throws DefinitionError when the file is missing, its placeholders differ, or it is not valid Amazon States Language
 */
export function readDefinition(source: DefinitionSource): Definition {
  const file = `${source.name}.asl.json`;
  const text = readText(join(source.directory, file), file);
  checkPlaceholders(text, source.placeholders, file);
  return { text, warnings: checkLanguage(text, source.type, file) };
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DefinitionError(`${file}: cannot be read from ${path}`, { cause });
  }
}

const placeholder = /\$\{([A-Za-z0-9_]+)\}/g;

function checkPlaceholders(text: string, given: readonly string[], file: string): void {
  const used = new Set([...text.matchAll(placeholder)].map(([, name]) => name as string));
  const missing = [...used].filter((name) => !given.includes(name));
  const unused = given.filter((name) => !used.has(name));
  const problems = [
    missing.length > 0 && `without a substitution: ${missing.join(', ')}`,
    unused.length > 0 && `substituted, but not used: ${unused.join(', ')}`,
  ].filter(Boolean);
  if (problems.length > 0) throw new DefinitionError(`${file}: placeholders ${problems.join('; ')}`);
}

/** Validates with a sample in the place of each placeholder, since real ARNs are known to CloudFormation alone. */
function checkLanguage(text: string, type: DefinitionSource['type'], file: string): string[] {
  const filled = text.replaceAll(placeholder, (_, name: string) => sampleArn(name));
  const { result, diagnostics } = validateDefinition(filled, { type });
  const describe = (wanted: Diagnostic['severity']) =>
    diagnostics
      .filter(({ severity }) => severity === wanted)
      .map(({ code, message, location }) => `${location ? `${location}: ` : ''}${message} (${code})`);
  if (result === 'OK') return describe('WARNING').map((warning) => `${file}: ${warning}`);
  throw new DefinitionError(`${file} is not a valid definition:\n  ${describe('ERROR').join('\n  ')}`);
}

function sampleArn(name: string): string {
  return name.includes('Activity')
    ? `arn:aws:states:us-east-1:123456789012:activity:${name}`
    : `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
}
