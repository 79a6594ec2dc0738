import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './patience';
import { each } from './probe';
import type { ServerProcess } from './process';
import { percentile, type Told } from './report';
import type { Scenario, Trial } from './trial';
import type { Answer, SfnClient } from './wire';

const DAY = 86_400;
/** As long as a Wait may be. */
const YEAR = 365 * DAY;
const FASTEST = 1_000_000;

export const time: Scenario = {
  name: 'time',
  title: 'time',
  letters: 'E',
  seconds: 45,
  scales: 'nothing; below 1 it leaves out the wait of a year and the speeds between',
  seed: 'nothing',
  run: (trial, { size }) =>
    keepTime(
      trial,
      size < 1 ? { scales: [1], longest: 25 * DAY } : { scales: [1, 60, 3600, DAY], longest: YEAR - DAY },
    ),
};

export interface TimeOptions {
  /** Virtual seconds per second at which waits are tried. */
  readonly scales: readonly number[];
  /** In seconds. An execution lasts a year at most, its first second included. */
  readonly longest: number;
}

/** Waits at different speeds of time, over dates that are odd, and while the machine's clock jumps; some at once. */
export async function keepTime(trial: Trial, { scales, longest }: TimeOptions): Promise<void> {
  const late: number[] = [];
  let servers = 0;
  const at = async (scale: number, waits: ReadonlyArray<number | string>, begin?: string) => {
    const skew = begin === undefined ? 0 : (Date.parse(begin) - Date.now()) / 1000;
    const clock = await TestedClock.begin(trial, `scale ${scale} ${servers++}`, scale, skew);
    const check = async (until: number | string) => {
      const execution = await clock.wait(until);
      trial.tell(waitFlaws(until, execution), `at scale ${scale} a wait of ${until}`);
      late.push(((execution.stopDate - dueOf(until, execution)) * 1000) / scale);
    };
    await Promise.all(waits.map(check));
    await clock.end();
  };
  const cases = [
    () => at(FASTEST, [...new Set([25 * DAY, longest])]),
    () => jump(trial),
    ...scales.map((scale) => () => at(scale, [2 * scale, 3 * scale + 1])),
    // Each begins two days before, whatever the date is.
    ...ODD_INSTANTS.map(
      (instant) => () => at(DAY, [instant], new Date(Date.parse(instant) - 2 * DAY * 1000).toISOString()),
    ),
  ];
  await each(cases.length, 3, (index) => cases[index]?.() as Promise<void>);
  Object.assign(trial.figures, {
    waits: late.length,
    'late p50 ms (real)': percentile(late, 0.5),
    'late most ms (real)': Math.max(...late),
  });
}

/** When a wait is due, in s. */
function dueOf(until: number | string, { startDate }: Answer): number {
  return typeof until === 'string' ? Date.parse(until) / 1000 : startDate + until;
}

/** @param execution how it ended, with its dates in s */
export function waitFlaws(until: number | string, execution: Answer): Told[] {
  const { status, stopDate } = execution;
  const due = dueOf(until, execution);
  if (status !== 'SUCCEEDED') return [['E', `ended ${status}`]];
  return stopDate < due - 0.0005 ? [['E', `ended ${(due - stopDate).toFixed(3)} s early`]] : [];
}

/** @param dates of events, in s, in the order in which they happened */
export function datesFlaws(dates: readonly number[]): Told[] {
  return dates.flatMap((date, index): Told[] => {
    const before = dates[index - 1] ?? 0;
    return date < before ? [['B', `event times went back by ${before - date} s`]] : [];
  });
}

/** The machine's clock jumps 14 days ahead and back, also while the process is dead. */
async function jump(trial: Trial): Promise<void> {
  const dates: number[] = [];
  const clock = await TestedClock.begin(trial, 'jump', 1, 0);
  const told = 'while the clock jumps 14 days ahead and back, a wait of';
  const wait = async (seconds: number) =>
    trial.tell(waitFlaws(seconds, await clock.wait(seconds)), `${told} ${seconds}`);
  const sleeper = wait(10 * DAY);
  dates.push(await clock.now());
  clock.skew(14 * DAY);
  await sleeper;
  dates.push(await clock.now());
  clock.skew(0);
  dates.push(await clock.now());
  await wait(2);
  dates.push(await clock.now());
  await clock.restart(-14 * DAY);
  dates.push(await clock.now());
  await wait(2);
  dates.push(await clock.now());
  trial.tell(datesFlaws(dates));
  await clock.end();
}

/** Ends of daylight saving time and its beginnings, a leap day, the turn of a year, and a second before midnight. */
const ODD_INSTANTS = [
  '2027-03-28T02:30:00+01:00',
  '2027-10-31T01:30:00-05:00',
  '2027-12-31T23:59:59Z',
  '2028-02-29T12:00:00Z',
  '2028-03-26T01:59:59.999Z',
  '2028-11-05T01:30:00-04:00',
];

/** Owns a `stepwright sfn` whose machine's clock can be shifted, and a state machine that waits. */
class TestedClock {
  #count = 0;
  #server: ServerProcess | undefined;
  #client: SfnClient | undefined;
  #machine = '';

  private constructor(
    private readonly trial: Trial,
    private readonly data: string,
    private readonly scale: number,
  ) {}

  /** @param skew of the machine's clock, in s */
  static async begin(trial: Trial, data: string, scale: number, skew: number): Promise<TestedClock> {
    const clock = new TestedClock(trial, data, scale);
    clock.skew(skew);
    await clock.#launch();
    const roleArn = 'arn:aws:iam::123456789012:role/waits';
    const machine = { name: 'waits', roleArn, definition: JSON.stringify(WAIT) };
    clock.#machine = (await clock.#call('CreateStateMachine', machine)).stateMachineArn;
    return clock;
  }

  /** Virtual time in s, as a start tells it. */
  async now(): Promise<number> {
    return (await this.#start(0)).startDate;
  }

  /** Waits so many seconds, or until a timestamp; answers how it ended. @throws Stuck */
  async wait(until: number | string): Promise<Answer> {
    const { executionArn } = await this.#start(until);
    const what = `the timer of a wait of ${until} at scale ${this.scale}`;
    return eventually({ what, letters: 'E', seconds: 90 }, async () => {
      const execution = await this.#call('DescribeExecution', { executionArn });
      return execution.status === 'RUNNING' ? undefined : execution;
    });
  }

  skew(seconds: number): void {
    writeFileSync(this.#skewFile, String(seconds * 1000));
  }

  async restart(skew: number): Promise<void> {
    await this.#server?.kill();
    this.skew(skew);
    await this.#launch();
  }

  async end(): Promise<void> {
    await this.#server?.stop();
  }

  get #skewFile(): string {
    return this.trial.path(`${this.data}.skew`);
  }

  async #launch(): Promise<void> {
    this.#server = await this.trial.launch(this.data, {
      command: 'sfn',
      args: ['--time-scale', String(this.scale)],
      env: { CHAOS_SKEW: this.#skewFile },
      node: ['--require', join(__dirname, 'skewed-clock.cjs')],
    });
    this.#client = this.trial.client(this.#server.url);
  }

  #start(until: number | string): Promise<Answer> {
    const input = typeof until === 'number' ? { seconds: until } : { until };
    const name = `w-${this.#count++}`;
    return this.#call('StartExecution', { stateMachineArn: this.#machine, name, input: JSON.stringify(input) });
  }

  #call(operation: string, input: object): Promise<Answer> {
    return (this.#client as SfnClient).call(operation, input);
  }
}

const WAIT = {
  StartAt: 'Which',
  States: {
    Which: {
      Type: 'Choice',
      Choices: [{ Variable: '$.until', IsPresent: true, Next: 'Until' }],
      Default: 'For',
    },
    Until: { Type: 'Wait', TimestampPath: '$.until', End: true },
    For: { Type: 'Wait', SecondsPath: '$.seconds', End: true },
  },
};
