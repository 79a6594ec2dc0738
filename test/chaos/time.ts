import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerProcess } from './process';
import { Breaches, type Finding, percentile, rounded } from './report';
import { type Answer, SfnClient } from './wire';

const DAY = 86_400;
/** As long as a Wait may be. */
const YEAR = 365 * DAY;
/** What a process may need to notice that the machine's clock jumped, and to do what is due, on a busy machine: s. */
const PATIENCE = 30;

export interface TimeOptions {
  /** Virtual seconds per second at which waits are tried. */
  readonly scales: readonly number[];
}

/** Waits at different speeds of time, over dates that are odd, and while the machine's clock jumps. */
export async function keepTime({ scales }: TimeOptions): Promise<Finding> {
  const breaches = new Breaches();
  const late: number[] = [];
  let waits = 0;
  for (const scale of scales) {
    const isFast = scale >= 100_000;
    const durations = [2 * scale, 3 * scale + 1].filter((seconds) => seconds <= YEAR);
    // An execution lasts a year at most, its first second included.
    if (isFast) durations.push(25 * DAY, YEAR - DAY);
    await withServer(scale, async (clock) => {
      const check = async (value: number | string) => {
        const { status, startDate, stopDate } = await clock.wait(value);
        const due = typeof value === 'string' ? Date.parse(value) / 1000 : startDate + value;
        waits += 1;
        late.push(((stopDate - due) * 1000) / scale);
        const told = `at scale ${scale} a wait of ${value}`;
        breaches.expect(status === 'SUCCEEDED', () => `${told} ${status}`);
        breaches.expect(stopDate >= due - 0.0005, () => `${told} ended ${due - stopDate} s early`);
      };
      await Promise.all(durations.map(check));
      // One after the other: none is a year ahead of the one in front of it.
      for (const instant of isFast ? ODD_INSTANTS : []) {
        if (Date.parse(instant) / 1000 > (await clock.now()) + scale) await check(instant);
      }
    });
  }
  await jump(breaches);
  breaches.expect(waits > 0, () => 'nothing waited');
  return {
    scenario: 'time',
    figures: rounded({ waits, 'late p50 ms (real)': percentile(late, 0.5), 'late most ms (real)': Math.max(...late) }),
    breaches: breaches.all(),
  };
}

/** The machine's clock jumps 14 days ahead and back, also while the process is dead. */
async function jump(breaches: Breaches): Promise<void> {
  const dates: number[] = [];
  await withServer(1, async (clock) => {
    const sleeper = clock.wait(10 * DAY);
    dates.push(await clock.now());
    clock.skew(14 * DAY);
    const slept = await within(PATIENCE, sleeper);
    breaches.expect(slept !== undefined, () => 'a wait of 10 days did not end when the clock jumped 14 days ahead');
    if (slept) {
      const waited = slept.stopDate - slept.startDate;
      breaches.expect(waited >= 10 * DAY, () => `a wait of 10 days ended after ${waited} s`);
    }
    dates.push(await clock.now());
    clock.skew(0);
    dates.push(await clock.now());
    const brief = await within(PATIENCE, clock.wait(2));
    breaches.expect(brief !== undefined, () => 'a wait of 2 s is stuck since the clock was set back 14 days');
    dates.push(await clock.now());
    await clock.restart(-14 * DAY);
    dates.push(await clock.now());
    const again = await within(PATIENCE, clock.wait(2));
    breaches.expect(again !== undefined, () => 'a wait of 2 s is stuck after a restart on a clock that was set back');
    dates.push(await clock.now());
  });
  for (const [index, date] of dates.entries()) {
    const before = dates[index - 1] ?? 0;
    breaches.expect(date >= before, () => `event times went back by ${before - date} s`);
  }
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

class TestedClock {
  #count = 0;

  constructor(
    private readonly client: () => SfnClient,
    private readonly machine: string,
    readonly skew: (seconds: number) => void,
    readonly restart: (skew: number) => Promise<void>,
  ) {}

  /** Virtual time in s, as a start tells it. */
  async now(): Promise<number> {
    return (await this.#start(0)).startDate;
  }

  /** Waits so many seconds, or until a timestamp; answers when it began and ended, in s. */
  async wait(until: number | string): Promise<Answer> {
    const { executionArn } = await this.#start(until);
    for (;;) {
      const execution = await this.client().call('DescribeExecution', { executionArn });
      if (execution.status !== 'RUNNING') return execution;
      await delay(50);
    }
  }

  #start(until: number | string): Promise<Answer> {
    const input = typeof until === 'number' ? { seconds: until } : { until };
    const name = `w-${this.#count++}`;
    return this.client().call('StartExecution', { stateMachineArn: this.machine, name, input: JSON.stringify(input) });
  }
}

async function withServer(scale: number, use: (clock: TestedClock) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-time-'));
  const skewFile = `${directory}.skew`;
  const skew = (seconds: number) => writeFileSync(skewFile, String(seconds * 1000));
  skew(0);
  const launch = () =>
    ServerProcess.start(directory, {
      command: 'sfn',
      args: ['--time-scale', String(scale)],
      env: { CHAOS_SKEW: skewFile },
      node: ['--require', join(__dirname, 'skewed-clock.cjs')],
    });
  let server = await launch();
  let client = new SfnClient(server.url);
  const made = await client.call('CreateStateMachine', {
    name: 'waits',
    roleArn: 'arn:aws:iam::123456789012:role/waits',
    definition: JSON.stringify(WAIT),
  });
  const restart = async (seconds: number) => {
    client.close();
    await server.kill();
    skew(seconds);
    server = await launch();
    client = new SfnClient(server.url);
  };
  await use(new TestedClock(() => client, made.stateMachineArn, skew, restart));
  client.close();
  await server.stop();
  rmSync(directory, { recursive: true });
  rmSync(skewFile);
}

async function within<T>(seconds: number, result: Promise<T>): Promise<T | undefined> {
  return Promise.race([result, delay(seconds * 1000, undefined)]);
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
