import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isObject } from '../asl/json';
import type { Identity } from '../services/identity';
import { DEFAULT_ENVIRONMENT, type Environment } from './environment';
import { DataDirectoryError, reasonOf } from './errors';

/**
 * The identity of the local cloud in `dir`: its keys are drawn once, the account and region taken once from `wanted`, and
 * kept in `dir`/keys.json, readable by the owner only: ARNs in the store hold them. Without `dir` they are drawn anew.
 * @throws DataDirectoryError when the file is there but not what it should be.
 */
export function loadIdentity(dir: string | undefined, wanted: Environment = {}): Identity {
  const fresh = { ...DEFAULT_ENVIRONMENT, ...wanted, ...newKeys() };
  if (dir === undefined) return fresh;
  const file = join(dir, 'keys.json');
  if (existsSync(file)) return readIdentity(file);
  writeFileSync(file, `${JSON.stringify(fresh)}\n`, { mode: 0o600 });
  return fresh;
}

/** Makes the data directory; what is in it is its owner's alone. */
export function makeDataDirectory(dir: string): void {
  try {
    makeDirectory(resolve(dir));
  } catch (error) {
    throw new DataDirectoryError(`The data directory ${dir} cannot be made: ${reasonOf(error)}`);
  }
}

/** One directory after the other: where the system refuses one without a reason (below /proc), Node's `recursive` never ends. */
function makeDirectory(dir: string): void {
  if (!existsSync(dir)) {
    makeDirectory(dirname(dir));
    mkdirSync(dir, { mode: 0o700 });
  } else if (!statSync(dir).isDirectory()) throw new Error(`${dir} is a file.`);
}

/**
 * Tells another app's data directory by the names of stacks: those it has on record, and those to be deployed.
 * @throws DataDirectoryError when there are some on record and they have none in common
 */
export function requireSharedStack(
  dir: string | undefined,
  onRecord: readonly string[],
  toDeploy: readonly string[],
): void {
  if (onRecord.length === 0 || onRecord.some((stack) => toDeploy.includes(stack))) return;
  throw new DataDirectoryError(
    `The data directory ${dir} belongs to another app: it holds ${listed(onRecord)}, and the assembly has ` +
      `${listed(toDeploy)}; name another directory with --data.`,
  );
}

/** 'the stack A', 'the stacks A, B'; 'no stack'. */
function listed(stacks: readonly string[]): string {
  if (stacks.length === 0) return 'no stack';
  return `the stack${stacks.length > 1 ? 's' : ''} ${stacks.join(', ')}`;
}

type Keys = Pick<Identity, 'accessKeyId' | 'secretAccessKey'>;

function newKeys(): Keys {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}

/** A file without account and region is of the time when there was but one of each. */
function readIdentity(file: string): Identity {
  let keys: unknown;
  try {
    keys = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DataDirectoryError(`${file} cannot be read: ${reasonOf(error)}`);
  }
  if (!isObject(keys) || typeof keys.accessKeyId !== 'string' || typeof keys.secretAccessKey !== 'string') {
    throw new DataDirectoryError(`${file} holds no accessKeyId and secretAccessKey.`);
  }
  const { accessKeyId, secretAccessKey } = keys;
  const { accountId, region } = { ...DEFAULT_ENVIRONMENT, ...(keys as Environment) };
  if (!/^\d{12}$/.test(String(accountId)) || !/^[a-z0-9-]+$/.test(String(region))) {
    throw new DataDirectoryError(`${file} holds no accountId and region as they are on AWS.`);
  }
  return { accessKeyId, secretAccessKey, accountId, region };
}
