import type { Command } from '../command';
import { clockCommand } from './clock';
import { costCommand } from './cost';
import { coverageCommand } from './coverage';
import { envCommand } from './env';
import { faultsCommand } from './faults';
import { pictureCommand } from './picture';
import { rolesCommand } from './roles';
import { runCommand } from './run';
import { sfnCommand } from './sfn';
import { startCommand } from './start';
import { validateCommand } from './validate';

/** The commands of the local cloud itself, by name. */
export const localCommands: Readonly<Record<string, Command>> = {
  start: startCommand,
  run: runCommand,
  clock: clockCommand,
  faults: faultsCommand,
  roles: rolesCommand,
  cost: costCommand,
  coverage: coverageCommand,
  env: envCommand,
  sfn: sfnCommand,
  validate: validateCommand,
  picture: pictureCommand,
};
