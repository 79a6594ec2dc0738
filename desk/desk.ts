import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailure } from '../local/cli/command';
import { connect, findActivity } from './connection';
import { Counter, describe } from './counter';
import { type Inspector, workDesk } from './worker';

export interface DeskOptions {
  readonly aws: boolean;
  readonly data: string;
  readonly auto: boolean;
  readonly once: boolean;
  readonly activity: string;
  readonly name: string | undefined;
  readonly heartbeatMs: number;
}

/** Real ms before a connection that broke is tried again. */
const pauseMs = 5_000;

/** Nobody looks: whatever comes back is named, and is in good condition. */
const trusting = (tell: (line: string) => void): Inspector => ({
  async ready() {},
  gone: new AbortController().signal,
  show: (item) => tell(describe(item)),
  async inspect() {
    return { condition: 'good' };
  },
});

/**
 * Opens a desk on a terminal, until Ctrl-C, the end of standard input, or the one item of `--once`.
 *
 * @returns the exit code
 * @throws CommandFailure when the library cannot be reached or the activity is not there
 */
export async function openDesk(options: DeskOptions): Promise<number> {
  const { sfn, place } = connect(options.aws, options.data);
  const closing = new AbortController();
  const close = () => closing.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  let counter: Counter | undefined;
  try {
    const activity = await findActivity(sfn, options.activity);
    tell(`This desk works for ${activity.name}, ${place}. Ctrl-C closes it.`);
    counter = options.auto ? undefined : new Counter(process.stdin, process.stdout, close);
    const end = await workDesk({
      sfn,
      activityArn: activity.arn,
      workerName: workerName(options.name),
      inspector: counter ?? trusting(tell),
      once: options.once,
      closing: closing.signal,
      tell,
      repeat: (beat) => {
        const timer = setInterval(beat, options.heartbeatMs);
        return () => clearInterval(timer);
      },
      pause: (signal) => delay(pauseMs, undefined, { signal }),
    });
    if (end === 'unattended') throw new CommandFailure(unattended);
    return 0;
  } finally {
    counter?.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, close);
    sfn.destroy();
  }
}

const unattended = "Nobody is there to say how an item is: standard input has ended. '--auto' answers by itself.";

/** As Step Functions takes it: at most 80 characters, none of which separates anything. */
function workerName(given: string | undefined): string {
  const name = (given ?? `desk-${hostname()}`).replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80);
  return name === '' ? 'desk' : name;
}
