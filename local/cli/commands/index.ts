import type { Command } from '../command';
import { clockCommand } from './clock';
import { runCommand } from './run';
import { sfnCommand } from './sfn';
import { startCommand } from './start';

/** The commands of the local cloud itself, by name. */
export const localCommands: Readonly<Record<string, Command>> = {
  start: startCommand,
  run: runCommand,
  clock: clockCommand,
  sfn: sfnCommand,
};
