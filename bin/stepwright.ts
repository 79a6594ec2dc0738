import { demoCommand } from '../demo/command';
import { deskCommand } from '../desk/command';
import { localCommands } from '../local/cli/commands';
import { main } from '../local/cli/main';

/** The command `stepwright`: the local cloud's own commands, and those of this project's workflows: the library's desk, the demo. */
main(process.argv.slice(2), { ...localCommands, desk: deskCommand, demo: demoCommand }).then((code) => {
  process.exitCode = code;
});
