import type { ClockEvent, ClockReport } from '../clock-control';
import { type Command, parseCommandLine, UsageError } from '../command';
import { callControl } from '../control-call';
import { parseDuration } from '../duration';
import { DEFAULT_DATA_DIRECTORY, findEndpoints } from '../endpoints-file';

export const clockCommand: Command = {
  summary: "Show or move a running local cloud's clock",
  usage: `
Usage: stepwright clock advance DURATION [--data DIR]
       stepwright clock next [--data DIR]
       stepwright clock now [--data DIR]

  advance   move on by e.g. 14d, 3h30m, 1w or 90s, or 0s to let happen what is due already; everything due on the way happens, in order; mails that were sent and executions
            that ended are told
  next      jump to the next thing that is waiting
  now       print the virtual time

  --data DIR   the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})
`,
  async run(argv) {
    const [action, ...rest] = argv;
    if (action?.startsWith('-')) throw new UsageError(NO_ACTION);
    const { command, body, values } = parseAction(action, rest);
    const { control } = findEndpoints(values.data ?? DEFAULT_DATA_DIRECTORY);
    const report = await callControl<ClockReport>(control, command, body);
    process.stdout.write(describe(report));
    return 0;
  },
};

const NO_ACTION = 'What to do is missing: advance DURATION, next or now.';

function parseAction(action: string | undefined, argv: string[]) {
  const options = { data: { type: 'string' } } as const;
  switch (action) {
    case 'advance': {
      const backward = argv.find((argument) => /^-\d/.test(argument));
      if (backward !== undefined) {
        throw new UsageError(
          `Time only goes forward: '${backward}' cannot be. Write ${backward.replace(/^-+/, '')} to move on.`,
        );
      }
      const { values, positionals } = parseCommandLine(argv, options, ['DURATION']);
      return {
        values,
        command: 'clock-advance',
        body: { milliseconds: parseDuration(positionals[0] as string) },
      };
    }
    case 'next':
      return { ...parseCommandLine(argv, options), command: 'clock-next', body: {} };
    case 'now':
      return { ...parseCommandLine(argv, options), command: 'clock-now', body: {} };
    default:
      throw new UsageError(action ? `There is no 'clock ${action}': it is advance DURATION, next or now.` : NO_ACTION);
  }
}

/** How many events are shown one by one. */
const MOST_EVENTS = 20;

function describe({ now, nextDue, events }: ClockReport): string {
  const lines = [date(now), ...events.slice(0, MOST_EVENTS).map((event) => `  ${describeEvent(event)}`)];
  const rest = events.slice(MOST_EVENTS);
  if (rest.length > 0) {
    const mails = rest.filter(({ kind }) => kind === 'mail').length;
    lines.push(`  and ${rest.length} more: mails ${mails}, executions that ended ${rest.length - mails}`);
  }
  lines.push(`  next: ${nextDue === undefined ? 'nothing waits' : date(nextDue)}`);
  return `${lines.join('\n')}\n`;
}

function describeEvent(event: ClockEvent): string {
  return event.kind === 'mail'
    ? `mail to ${event.to.join(', ')}: ${event.subject}`
    : `${event.status} ${event.stateMachine}: ${event.execution}`;
}

/** 2026-11-22 18:57:05 UTC */
function date(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
