import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { holdMailing, mailing } from '../../lambda/library-loan/input';
import { writeEndpoints } from '../../local/cli/endpoints-file';
import { samples } from '../../previews/samples';
import { execution, lend, seen, subjects } from './loans';
import { DAY, World } from './world';

jest.setTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world?.end());

describe.each([
  ['bounce@simulator.amazonses.com', 'bounce'],
  ['complaint@simulator.amazonses.com', 'complaint'],
  ['suppressionlist@simulator.amazonses.com', 'bounce'],
])('a reader whose mail comes back: %s', (email, reason) => {
  test('gets one mail, the desk is told why, and the loan goes on to its end', async () => {
    const began = new Date(world.now).toISOString();
    const loan = { ...(await lend(world, { customer: { name: 'Zoë', email } })), email };
    expect(subjects(world, loan)).toHaveLength(1);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', mailStopped: { reason, since: began } });
    await world.until(loan.dueAt + 8 * DAY);
    expect(subjects(world, loan)).toHaveLength(1);
    expect(await execution(world, loan)).toMatchObject({ status: 'RUNNING' });
    expect(world.mails().at(-1)?.subject).toBe('A loan is overdue');
    await world.until(loan.dueAt + 60 * DAY);
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
    expect(subjects(world, loan)).toHaveLength(1);
  });

  test('gets none of the next loan either, however the address is written', async () => {
    const shouted = email.replace(/^./, (letter) => letter.toUpperCase());
    const loan = { ...(await lend(world, { customer: { name: 'Zoë', email: shouted } })), email: shouted };
    expect(subjects(world, loan)).toEqual([]);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', mailStopped: { reason } });
  });
});

test('a mailbox that answers by itself is written to as ever', async () => {
  const email = 'ooto@simulator.amazonses.com';
  const loan = { ...(await lend(world, { customer: { name: 'Zoë', email } })), email };
  await world.until(loan.dueAt);
  expect(subjects(world, loan)).toHaveLength(3);
  expect(await seen(world, loan)).not.toHaveProperty('mailStopped');
});

test('a bounce that cannot be recorded at once is recorded later', async () => {
  const email = 'bounce+later@simulator.amazonses.com';
  const heal = world.fail('dynamodb', 'PutItem', 'ThrottlingException', 400);
  const loan = { ...(await lend(world, { customer: { name: 'Zoë', email } })), email };
  expect(await seen(world, loan)).not.toHaveProperty('mailStopped');
  heal();
  await world.pass(10 * 60_000);
  expect(await seen(world, loan)).toMatchObject({ mailStopped: { reason: 'bounce' } });
});

test('npm run mails writes every mail with every awkward name into files, and into the mailbox', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-mails-'));
  const root = resolve(__dirname, '../..');
  try {
    const nowhere = 'http://127.0.0.1:9';
    const unused = { console: nowhere, mail: `${nowhere}/mail`, control: { url: nowhere, token: '' } };
    writeEndpoints(directory, { ...world.cloud.endpoints, ...unused, pid: process.pid });
    const before = world.mails().length;
    expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.mails).toBe('tsx previews/mails.ts');
    const out = join(directory, 'out');
    const argv = ['--import', 'tsx', 'previews/mails.ts', '--out', out, '--data', directory];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root });

    const files = readdirSync(out).filter((file) => file !== 'index.html');
    const mails = world.mails().slice(before);
    expect(stdout).toContain(`${mails.length} mails are in`);
    const kinds = [...mailing.entries.mail.options, ...holdMailing.entries.mail.options];
    expect(new Set(files)).toEqual(
      new Set(
        kinds.flatMap((kind) =>
          Object.keys(samples).flatMap((name) => [`${kind}.${name}.txt`, `${kind}.${name}.html`]),
        ),
      ),
    );
    expect(mails).toHaveLength(kinds.length * Object.keys(samples).length);
    expect(readFileSync(join(out, 'holdReady.plain.txt'), 'utf8')).toContain('is waiting for you until 26 March');
    const text = readFileSync(join(out, 'reminder.arabic.txt'), 'utf8');
    expect(text).toContain('Subject: Your loan of ‘\u2068ألف ليلة وليلة (الجزء 1)\u2069’ is due on 22 March\n');
    expect(mails.map((mail) => mail.text)).toContainEqual(text.slice(text.indexOf('\n\n') + 2));
    expect(readFileSync(join(out, 'confirmation.html.html'), 'utf8')).not.toContain('<script');
    const index = readFileSync(join(out, 'index.html'), 'utf8');
    for (const file of files) expect(index).toContain(`href="${file}"`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
