import { type Command, parseCommandLine } from '../local/cli/command';

export const demoCommand: Command = {
  summary: 'Play every workflow on the local cloud, months in seconds',
  usage: `
Usage: stepwright demo [--json]

Synthesizes the application if needed, brings it up on free ports of 127.0.0.1 with everything in memory, and plays
level completions, three loans and hello world, checking what they should have done. Ends with 0, or with 1 and what
differed.

  --json   print one document: executions, mails, objects, tables, metrics; the timeline goes to standard error
`,

  async run(argv) {
    const { json = false } = parseCommandLine(argv, { json: { type: 'boolean' } }).values;
    const { runDemo } = await import('./run');
    return runDemo(json);
  },
};
