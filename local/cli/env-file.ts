import { UsageError } from './command';

/**
 * Reads a file for `docker run --env-file`, such as `aws-stepfunctions-local-credentials.txt`, as Docker reads it: a variable
 * a line, `#` begins a line that is a comment, and quotes are a part of the value. A name alone takes its value from `inherited`.
 * @throws UsageError naming the file and the line that is none of these
 */
export function parseEnvFile(
  text: string,
  file: string,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const written = line.trimStart();
    if (written === '' || written.startsWith('#')) continue;
    const [, name, value] = /^([^=\s]+)(?:=(.*))?\s*$/.exec(written) ?? [];
    // The line may be a key that was mistyped.
    if (name === undefined) throw new UsageError(`${file}:${index + 1}: This line is not NAME=VALUE.`);
    const given = value ?? inherited[name];
    if (given !== undefined) variables[name] = given;
  }
  return variables;
}
