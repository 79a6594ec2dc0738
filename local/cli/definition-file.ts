import { readFileSync } from 'node:fs';
import { CommandFailure } from './command';

/** @throws CommandFailure when the file cannot be read */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new CommandFailure(`${file} is a folder. Name the files in it that are meant.`);
    throw new CommandFailure(`${file} cannot be read: ${code === 'ENOENT' ? 'there is no such file.' : message}`);
  }
}

/**
 * The text of a state machine's definition, which is JSON.
 *
 * @throws CommandFailure when the file cannot be read, or is YAML
 */
export function readDefinition(file: string): string {
  const text = readTextFile(file);
  if (/\.ya?ml$/i.test(file) && !/^\s*[{[]/.test(text)) {
    throw new CommandFailure(
      `${file} is YAML, which is not read here: turn it into JSON first, as Step Functions itself needs it.`,
    );
  }
  return text;
}

const RESOURCE = /("Resource"\s*:\s*)"\$\{([\w:.]+)\}"/;
const STRING = /"(?:[^"\\\n]|\\.)*"/;
const BARE = /\$\{([\w:.]+)\}/;
const PLACES = new RegExp([RESOURCE, STRING, BARE].map(({ source }) => source).join('|'), 'g');

/**
 * The text with a sample for each `${Name}` that CloudFormation would substitute (DefinitionSubstitutions, Fn::Sub): an
 * ARN where a state's Resource is meant, text inside of a string, a number outside. Lines stay where they are.
 */
export function fillPlaceholders(text: string): string {
  return text.replace(PLACES, (found, resource?: string, target?: string, bare?: string) => {
    if (resource !== undefined && target !== undefined) return `${resource}"${sampleArn(target)}"`;
    if (bare !== undefined) return '1';
    return found.replace(new RegExp(BARE, 'g'), (_, name: string) => sampleText(name));
  });
}

function sampleArn(name: string): string {
  return /activity/i.test(name)
    ? `arn:aws:states:us-east-1:123456789012:activity:${name}`
    : `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
}

function sampleText(name: string): string {
  if (/arn$/i.test(name)) return sampleArn(name);
  if (/partition$/i.test(name)) return 'aws';
  if (/region$/i.test(name)) return 'us-east-1';
  return /account(id)?$/i.test(name) ? '123456789012' : name;
}
