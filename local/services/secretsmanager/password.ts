import { randomInt } from 'node:crypto';
import { AwsError, type AwsShape } from '../aws';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * A random password by the rules of GetRandomPassword, which CloudFormation's GenerateSecretString takes as well.
 * docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 * @throws AwsError InvalidParameterException when the rules leave no character, or too short a password
 */
export function randomPassword(rules: AwsShape): string {
  const length = rules.PasswordLength ?? 32;
  if (!Number.isInteger(length) || length < 1 || length > 4096) {
    throw new AwsError('InvalidParameterException', 'Password length must be between 1 and 4096.');
  }
  const excluded = new Set<string>(rules.ExcludeCharacters ?? '');
  const kinds = [
    rules.ExcludeLowercase ? '' : LOWER,
    rules.ExcludeUppercase ? '' : UPPER,
    rules.ExcludeNumbers ? '' : DIGITS,
    rules.ExcludePunctuation ? '' : PUNCTUATION,
    rules.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  const required = rules.RequireEachIncludedType === false ? [] : kinds;
  if (all.length === 0 || length < required.length) {
    throw new AwsError('InvalidParameterException', 'Password length is too short based on the required types.');
  }
  const characters = Array.from({ length }, (_, index) => pick(required[index] ?? all));
  return shuffle(characters).join('');
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] as string;
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] as string, characters[last] as string];
  }
  return characters;
}
