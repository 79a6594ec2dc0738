import { type Command, parseCommandLine, UsageError } from '../local/cli/command';
import { DEFAULT_DATA_DIRECTORY } from '../local/cli/endpoints-file';

export const deskCommand: Command = {
  summary: "Work at the library's desk: inspect what readers bring back",
  usage: `
Usage: stepwright desk [--data DIR] [--auto] [--once] [--activity NAME] [--name NAME] [--heartbeat S]
       stepwright desk --aws [--auto] [--once] [--activity NAME] [--name NAME] [--heartbeat S]

Takes one returned item after the other, shows it, and asks how it is: in good condition, damaged (and how), or not there.
While you look, the loan is told every minute that you are at it. If this program dies, another desk gets the item.
Ctrl-C ends it; an item that is being inspected then goes to another desk too, ten minutes after its last sign of life. When
standard input ends, no further item is taken.

  --auto           answer 'in good condition' at once, without asking
  --once           end after one item
  --data DIR       the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})
  --aws            work for the library in an AWS account instead, with the credentials and the region of the environment; they
                   need states: ListActivities, GetActivityTask, SendTaskHeartbeat, SendTaskSuccess, SendTaskFailure
  --activity NAME  the activity's name, a part of it that no other has, or its ARN (InspectReturn); with its ARN no
                   activities are listed
  --name NAME      this desk's name, as the loan's history shows it (by default, this machine's)
  --heartbeat S    seconds between two signs of life (60); the loan waits for ten minutes
`,

  async run(argv) {
    const { values } = parseCommandLine(argv, {
      auto: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      aws: { type: 'boolean', default: false },
      data: { type: 'string' },
      activity: { type: 'string', default: 'InspectReturn' },
      name: { type: 'string' },
      heartbeat: { type: 'string', default: '60' },
    });
    const { aws, data, auto, once, activity, name } = values;
    if (aws && data !== undefined) throw new UsageError('--aws and --data exclude each other.');
    const seconds = Number(values.heartbeat);
    if (!/^\d+$/.test(values.heartbeat) || seconds < 1 || seconds > 3600) {
      throw new UsageError(`--heartbeat wants seconds from 1 to 3600, not '${values.heartbeat}'.`);
    }
    const { openDesk } = await import('./desk');
    return openDesk({
      aws,
      data: data ?? DEFAULT_DATA_DIRECTORY,
      auto,
      once,
      activity,
      name,
      heartbeatMs: seconds * 1000,
    });
  },
};
