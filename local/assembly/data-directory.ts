import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isObject } from '../asl/json';
import type { Identity } from '../services/identity';
import { DataDirectoryError, reasonOf } from './errors';

/** An account that belongs to nobody, in AWS's oldest region. */
const ACCOUNT = { accountId: '123456789012', region: 'us-east-1' };

/**
 * The identity of the local cloud in `dir`: its keys are drawn once and kept in `dir`/keys.json, readable by the owner
 * only. Without `dir` they are drawn anew.
 * @throws DataDirectoryError when the file is there but not what it should be.
 */
export function loadIdentity(dir: string | undefined): Identity {
  if (dir === undefined) return { ...ACCOUNT, ...newKeys() };
  const file = join(dir, 'keys.json');
  if (existsSync(file)) return { ...ACCOUNT, ...readKeys(file) };
  const keys = newKeys();
  writeFileSync(file, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
  return { ...ACCOUNT, ...keys };
}

/**
 * Makes a directory for files that live as long as the local cloud; `remove` deletes it and all in it.
 */
export function temporaryDirectory(): { make(): string; remove(): void } {
  let root: string | undefined;
  return {
    make() {
      root ??= mkdtempSync(join(tmpdir(), 'stepwright-'));
      return mkdtempSync(join(root, 'code-'));
    },
    remove() {
      if (root !== undefined) rmSync(root, { recursive: true, force: true });
    },
  };
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

function readKeys(file: string): Keys {
  let keys: unknown;
  try {
    keys = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DataDirectoryError(`${file} cannot be read: ${reasonOf(error)}`);
  }
  if (!isObject(keys) || typeof keys.accessKeyId !== 'string' || typeof keys.secretAccessKey !== 'string') {
    throw new DataDirectoryError(`${file} holds no accessKeyId and secretAccessKey.`);
  }
  return { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
}
