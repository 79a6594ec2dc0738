import type { BenchCommand } from '../command/command';
import { count, outputFile } from '../command/options';

const options = {
  events: count('completed levels, an event each', 10_000),
  players: count('among how many players they are spread', 1000),
  times: count('how often each event is told', 1),
  json: outputFile('also write the figures there, with machine, load and commit'),
};

/** `npm run load`: a burst of events (docs/game-level-complete.md). */
export const loadCommand: Omit<BenchCommand<typeof options>, 'run'> = {
  call: 'npm run load --',
  about: `
Puts a burst of completed levels on the bus of a local cloud of its own, waits until every execution has ended, and prints the
figures as JSON; what it is at goes to standard error.

By default it takes three and a half minutes, when the machine has nothing else to do: 20 ms for each event and time.
Ends with 1 when an event was lost, counted twice, or needs anybody's help; for a failure, too. With 2 for a wrong command line.
How fast it is changes nothing in that.`,
  options,
};

export type LoadValues = Parameters<BenchCommand<typeof options>['run']>[0];
