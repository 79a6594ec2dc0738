import { PortInUseError } from '../services/wire/port';
import { type Command, UsageError, wantsHelp } from './command';
import { commandLine } from './shell';
import { VERSION } from './version';

/** Runs the command that `argv` names; answers the exit code: 0, 1 for a failure, 2 for a wrong command line. */
export async function main(argv: string[], commands: Readonly<Record<string, Command>>): Promise<number> {
  const [name, ...rest] = argv;
  const asksHelp = name === 'help' || name === '--help' || name === '-h';
  if (name === undefined || (asksHelp && rest.length === 0)) {
    process.stdout.write(overview(commands));
    return name === undefined ? 2 : 0;
  }
  // 'stepwright help clock'
  if (asksHelp) return main([...rest.slice(0, 1), '--help'], commands);
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`stepwright: There is no command '${name}'. '${commandLine('--help')}' lists them.\n`);
    return 2;
  }
  if (wantsHelp(rest)) {
    process.stdout.write(`${command.usage.trim()}\n`);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    return reportFailure(name, error);
  }
}

function reportFailure(command: string, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`stepwright: ${message.trim()}\n`);
  if (error instanceof UsageError) {
    process.stderr.write(`'${commandLine(`${command} --help`)}' tells how it is used.\n`);
    return 2;
  }
  if (error instanceof PortInUseError) {
    process.stderr.write(
      `'${commandLine(`${command} --help`)}' tells how another port is chosen; 0 is any free one.\n`,
    );
  }
  if (process.env.STEPWRIGHT_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}

function overview(commands: Readonly<Record<string, Command>>): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${commands[name]?.summary}`);
  return [
    'Usage: stepwright COMMAND [OPTIONS]',
    '',
    'Runs Step Functions workflows, and the stacks around them, on this machine.',
    '',
    'Commands:',
    ...lines,
    '',
    "'stepwright COMMAND --help' tells more. STEPWRIGHT_DEBUG=1 adds stack traces to failures.",
    '',
  ].join('\n');
}
