import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CloudEndpoints } from '../assembly/cloud';
import { isAlive } from '../assembly/temporary-directory';
import { CommandFailure } from './command';
import { commandLine, shellWord } from './shell';

/** Where a running local cloud tells other programs how to reach it: DIR/endpoints.json. */
export interface Endpoints extends CloudEndpoints {
  /** URL of the web console. */
  readonly console: string;
  /** URL of the mailbox; `.json` appended, its JSON. */
  readonly mail: string;
  /** Where other commands speak to the running cloud: POST `url`/<command>, with the token. */
  readonly control: { readonly url: string; readonly token: string };
  readonly pid: number;
}

export const DEFAULT_DATA_DIRECTORY = '.stepwright';

/** ` --data DIR` for a command that is to reach the local cloud on `directory`; '' for the default directory. */
export function dataOption(directory: string): string {
  const absolute = resolve(directory);
  return absolute === resolve(DEFAULT_DATA_DIRECTORY) ? '' : ` --data ${shellWord(absolute)}`;
}

/** Writes the file for its owner alone, whole or not at all: it holds keys. */
export function writeEndpoints(directory: string, endpoints: Endpoints): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${fileIn(directory)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, fileIn(directory));
}

/** Removes the file, unless another process has written its own since. */
export function removeEndpoints(directory: string): void {
  if (readFile(directory)?.pid === process.pid) rmSync(fileIn(directory), { force: true });
}

/**
 * The endpoints of the local cloud that runs on `directory`.
 * @throws CommandFailure when none does
 */
export function findEndpoints(directory: string): Endpoints {
  const endpoints = readFile(directory);
  if (endpoints && isAlive(endpoints.pid)) return endpoints;
  const reason = endpoints
    ? `the one that ran there (process ${endpoints.pid}) has ended`
    : 'there is no endpoints.json';
  throw new CommandFailure(
    `No local cloud is running on ${directory}: ${reason}. ` +
      `Start one with '${commandLine(`start${dataOption(directory)}`)}', or name its directory with --data.`,
  );
}

/**
 * The process that runs a local cloud on `directory`, if one does: it must answer too, since the number of a process
 * that was killed may be another's by now.
 */
export async function runningProcess(directory: string): Promise<number | undefined> {
  const endpoints = readFile(directory);
  if (!endpoints || !isAlive(endpoints.pid)) return undefined;
  try {
    await fetch(endpoints.control.url, { method: 'HEAD' });
    return endpoints.pid;
  } catch {
    return undefined;
  }
}

function readFile(directory: string): Endpoints | undefined {
  const file = fileIn(directory);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
  } catch {
    throw new CommandFailure(`${file} is damaged; remove it, and start the local cloud again.`);
  }
}

function fileIn(directory: string): string {
  return join(directory, 'endpoints.json');
}
