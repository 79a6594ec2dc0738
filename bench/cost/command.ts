import type { BenchCommand } from '../command/command';

/** `npm run cost`: docs/cost.md, and the figures that the tests compare with. */
export const costCommand: Omit<BenchCommand, 'run'> = {
  call: 'npm run cost --',
  about: `
Plays the workflows and a naive design of each on a local cloud in memory, and writes docs/cost.md and bench/cost/figures.json:
what they cost on AWS. Durations are modelled, so the figures are the same on every machine, but for a cent or two of log lines.

It takes half a minute. Ends with 0, with 1 for a failure, with 2 for a wrong command line.`,
  options: {},
};
