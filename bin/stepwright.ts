import { demoCommand } from '../demo/command';
import { localCommands } from '../local/cli/commands';
import { main } from '../local/cli/main';

/** The command `stepwright`: the local cloud's own commands, and the demo of this project's workflows. */
main(process.argv.slice(2), { ...localCommands, demo: demoCommand }).then((code) => {
  process.exitCode = code;
});
