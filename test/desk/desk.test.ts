import { type ChildProcess, type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type DeskWork, type Finding, type ReturnedItem, workDesk } from '../../desk/worker';
import { writeEndpoints } from '../../local/cli/endpoints-file';
import { click, execution, type Loan, lend, seen, subjects } from '../e2e/loans';
import { MINUTE, World } from '../e2e/world';

jest.setTimeout(60_000);

const root = resolve(__dirname, '../..');
const dataDir = mkdtempSync(join(tmpdir(), 'stepwright-desk-'));
let world: World;
let activityArn: string;

beforeAll(async () => {
  world = await World.begin();
  const { activities } = await world.call('sfn', 'ListActivities');
  activityArn = activities[0].activityArn;
  // As `stepwright start` does, so that the command finds this cloud.
  const unused = { console: '', mail: '', control: { url: 'http://127.0.0.1:9', token: '' } };
  writeEndpoints(dataDir, { ...world.cloud.endpoints, ...unused, pid: process.pid });
}, 60_000);
afterAll(async () => {
  await world?.end();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A loan whose reader says to have brought the item back. */
async function returned(): Promise<Loan> {
  const loan = await lend(world);
  await click(world, loan, 'return');
  await world.settle();
  return loan;
}

const WAITING = 'Waiting for the next return ...';

/** A desk in this process that takes one item; the test is its person, its clock, and its reader of what it says. */
function desk(more: Partial<DeskWork> = {}) {
  const { region, ...credentials } = world.cloud.endpoints.credentials;
  const sfn = new SFNClient({ endpoint: world.cloud.endpoints.aws, region, credentials, maxAttempts: 1 });
  const said: string[] = [];
  const closing = new AbortController();
  const gone = new AbortController();
  let beat = async () => {};
  let find: (finding: Finding | undefined) => void = () => {};
  let took: (item: ReturnedItem) => void = () => {};
  const taken = new Promise<ReturnedItem>((resolve) => {
    took = resolve;
  });
  const ended = workDesk({
    sfn,
    activityArn,
    workerName: 'desk-in-test',
    inspector: {
      ready: async () => {},
      gone: gone.signal,
      show: (item) => took(item),
      inspect: (_, over) =>
        new Promise((resolve) => {
          find = resolve;
          over.addEventListener('abort', () => resolve(undefined));
        }),
    },
    once: true,
    closing: closing.signal,
    tell: (line) => said.push(line),
    repeat: (send) => {
      beat = send;
      return () => {
        beat = async () => {};
      };
    },
    pause: async () => {},
    ...more,
  }).finally(() => sfn.destroy());
  return {
    taken,
    ended,
    said,
    beat: () => beat(),
    find: (finding?: Finding) => find(finding),
    close: () => closing.abort(),
    goAway: () => gone.abort(),
  };
}

describe('a person at the desk', () => {
  test('sees what came back, looks at it for half an hour under heartbeats, and finds it sound', async () => {
    const loan = await returned();
    const { taken, beat, find, ended, said } = desk();
    expect(await taken).toEqual({ title: expect.stringMatching(/^Book/), itemId: loan.itemId, loanId: loan.loanId });
    for (let minutes = 0; minutes < 30; minutes += 6) {
      await world.pass(6 * MINUTE);
      await beat();
    }
    find({ condition: 'good' });
    await ended;
    await world.settle();
    expect(said).toEqual([WAITING, expect.stringContaining('in good condition')]);
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await seen(world, loan)).toMatchObject({ status: 'returned' });
  });

  test('finds it damaged: the reader is told what, and that there is a fee', async () => {
    const loan = await returned();
    const { taken, find, ended } = desk();
    await taken;
    find({ condition: 'damaged', note: 'Soup on <page> 12' });
    await ended;
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ status: 'damaged', note: 'Soup on <page> 12' });
    const mail = world.mails(loan.email).at(-1);
    expect(mail?.subject).toContain('came back damaged');
    expect(mail?.html).toContain('Soup on &#60;page&#62; 12');
  });

  test('does not find it: the reader is asked to look for it', async () => {
    const loan = await returned();
    const { taken, find, ended } = desk();
    await taken;
    find({ condition: 'notThere' });
    await ended;
    await world.settle();
    expect(subjects(world, loan).at(-1)).toContain('could not find');
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan' });
  });

  test('who fell silent is told that it is too late, and takes the item once more', async () => {
    const loan = await returned();
    const { taken, beat, find, said, ended } = desk();
    await taken;
    await world.pass(11 * MINUTE);
    await beat();
    // The same desk polls again, and gets what it lost.
    await until(() => said.length > 2);
    expect(said.slice(0, 3)).toEqual([WAITING, expect.stringContaining('Too late'), WAITING]);
    await until(() => {
      find({ condition: 'good' });
      return said.length > 3;
    });
    await ended;
    await world.settle();
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('keeps what was found while Step Functions cannot be reached', async () => {
    const loan = await returned();
    const heal = world.fail('sfn', 'SendTaskSuccess', 'InternalFailure', 500);
    const pause = jest.fn(async () => heal());
    const { taken, find, ended, said } = desk({ pause });
    await taken;
    find({ condition: 'good' });
    await ended;
    await world.settle();
    expect(said).toEqual([WAITING, expect.stringContaining('cannot be reached'), expect.stringContaining('Recorded')]);
    expect(pause).toHaveBeenCalledTimes(1);
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('is told when it may not work here', async () => {
    const heal = world.fail('sfn', 'GetActivityTask', 'AccessDeniedException', 400);
    await expect(desk().ended).rejects.toMatchObject({ name: 'AccessDeniedException' });
    heal();
  });

  test('goes home while nothing comes back', async () => {
    const { ended, close } = desk();
    close();
    await expect(ended).resolves.toBe('closed');
  });

  test('who goes away while nothing comes back leaves the next item to others', async () => {
    const { ended, goAway, said } = desk();
    await until(() => said.length > 0);
    goAway();
    await expect(ended).resolves.toBe('unattended');
    const loan = await returned();
    const other = desk();
    expect(await other.taken).toMatchObject({ itemId: loan.itemId });
    other.find({ condition: 'good' });
    await expect(other.ended).resolves.toBe('once');
  });

  test('who goes away with the last answer given has it taken, over a broken connection too', async () => {
    const loan = await returned();
    const heal = world.fail('sfn', 'SendTaskSuccess', 'InternalFailure', 500);
    const { taken, find, ended, goAway } = desk({ once: false, pause: async () => heal() });
    await taken;
    goAway();
    find({ condition: 'good' });
    await expect(ended).resolves.toBe('unattended');
    await world.settle();
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

type Spawned = ChildProcessByStdio<Writable | null, Readable, Readable>;

describe('the command', () => {
  const launcher = join(root, 'bin', 'stepwright.mjs');
  const command = (argv: readonly string[], env: NodeJS.ProcessEnv = {}, input: 'pipe' | 'ignore' = 'pipe') => {
    const options: SpawnOptions = { cwd: root, env: { ...process.env, ...env }, stdio: [input, 'pipe', 'pipe'] };
    const child = spawn(process.execPath, [launcher, 'desk', ...argv], options) as Spawned;
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
    return { child, text: () => text, says: (words: string) => output(child, () => text.includes(words)) };
  };
  const output = async (child: ChildProcess, done: () => boolean) => {
    while (!done()) await Promise.race([once(child.stdout as never, 'data'), once(child.stderr as never, 'data')]);
  };

  test('killed in the middle of an inspection leaves the item to another desk, in an account as here', async () => {
    const loan = await returned();
    const first = command(['--data', dataDir]);
    await first.says('How is it?');
    expect(first.text()).toContain(loan.itemId);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');

    // Nobody gets it before the heartbeat is missed.
    const { accessKeyId, secretAccessKey, region } = world.cloud.endpoints.credentials;
    const account = {
      AWS_ENDPOINT_URL: world.cloud.endpoints.aws,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const second = command(['--aws', '--auto', '--once', '--name', 'desk two'], account);
    await second.says('This desk works for StepwrightInspectReturn-dev');
    await world.pass(9 * MINUTE);
    expect(await seen(world, loan)).toMatchObject({ status: 'returning' });
    await world.pass(2 * MINUTE);
    expect(await once(second.child, 'close')).toEqual([0, null]);
    await world.settle();
    expect(second.text()).toContain(`${WAITING}\nReturned: ‘`);
    expect(second.text()).toContain(`item ${loan.itemId}, loan ${loan.loanId}\nRecorded: in good condition`);
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });

    const events = await world.history((await execution(world, loan)).executionArn);
    const workers = events.flatMap(({ activityStartedEventDetails }) => activityStartedEventDetails?.workerName ?? []);
    expect(workers).toEqual([expect.stringMatching(/^desk-/), 'desk-two']);
    const tokens = [first.text(), second.text()].join().match(/[\w+/=-]{80,}/g);
    expect(tokens).toBeNull();
  });

  test.each(['ignore', 'pipe'] as const)('takes no item when nobody can answer (standard input: %s)', async (input) => {
    const loan = await returned();
    const { child, text } = command(['--data', dataDir], {}, input);
    child.stdin?.end();
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(text()).toContain("Nobody is there to say how an item is: standard input has ended. '--auto' answers");
    expect(text()).not.toContain(WAITING);
    const events = await world.history((await execution(world, loan)).executionArn);
    expect(events.map(({ type }) => type)).not.toContain('ActivityStarted');
    const other = desk();
    await other.taken;
    other.find({ condition: 'good' });
    await other.ended;
  });

  test('says what is wrong in one sentence', async () => {
    const { deskCommand } = require('../../desk/command');
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const run = (...argv: string[]) => deskCommand.run(argv);
    await expect(run('--aws', '--data', 'x')).rejects.toThrow('--aws and --data exclude each other.');
    const { usage } = deskCommand;
    const [lines = ''] = /Usage:[\s\S]*?\n\n/.exec(usage) ?? [];
    const options = [...usage.matchAll(/^ {2}(--\w+)/gm)].map(([, option]: string[]) => option);
    expect(options).toHaveLength(7);
    for (const option of options) expect(lines).toContain(option);
    await expect(run('--heartbeat', '0')).rejects.toThrow('--heartbeat wants seconds');
    await expect(run('--data', join(dataDir, 'none'))).rejects.toThrow('No local cloud is running on');
    await expect(run('--data', dataDir, '--activity', 'Nothing')).rejects.toThrow(
      /There is no activity 'Nothing'. There are:\n {2}StepwrightInspectReturn-dev/,
    );
    await world.call('sfn', 'CreateActivity', { name: 'StepwrightInspectReturn-prod' });
    await expect(run('--data', dataDir)).rejects.toThrow(/may be any of these activities/);
    write.mockRestore();
  });
});

/** Lets I/O happen until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
