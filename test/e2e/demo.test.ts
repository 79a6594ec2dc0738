import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepwright } from './command';
import { readme, root, shown } from './pages';

/** The demo: the document that it prints, and its timeline as the documentation shows it. */
jest.setTimeout(120_000);

let played: Awaited<ReturnType<typeof stepwright>>;
beforeAll(async () => {
  played = await stepwright('demo', '--json');
});

test('it ends with 0, and says how much it checked', () => {
  const { code, stderr } = played;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/\nEverything was as it should be: \d+ checks\.\n$/),
  });
});

test('--json prints one document of all that happened', () => {
  const demo = JSON.parse(played.stdout);
  expect(Object.keys(demo).sort()).toEqual(['executions', 'mails', 'metrics', 'objects', 'tables']);

  for (const execution of demo.executions) {
    expect(execution).toEqual({
      workflow: expect.stringMatching(/^(game-level-complete|game-level-repair|library-loan|hello-world-retries)$/),
      name: expect.stringMatching(/./),
      status: expect.stringMatching(/^(SUCCEEDED|FAILED)$/),
      transitions: expect.any(Number),
      virtualSeconds: expect.any(Number),
    });
    expect(execution.transitions).toBeGreaterThan(1);
  }
  const of = (workflow: string) => demo.executions.filter((one: { workflow: string }) => one.workflow === workflow);
  const succeeded = { status: 'SUCCEEDED' };
  expect(of('game-level-complete')).toMatchObject([succeeded, succeeded, succeeded]);
  expect(of('library-loan')).toMatchObject([succeeded, succeeded, succeeded]);
  const weeks = of('library-loan').map(({ virtualSeconds }: { virtualSeconds: number }) => virtualSeconds / 604_800);
  expect(weeks[0]).toBeGreaterThan(5);
  expect(weeks[0]).toBeLessThan(7);
  expect(of('hello-world-retries').map(({ status }: { status: string }) => status)).toEqual(
    expect.arrayContaining(['SUCCEEDED', 'FAILED']),
  );

  const told = demo.mails.map(({ subject }: { subject: string }) => subject);
  for (const words of ['You borrowed', 'is due on', 'is yours until', 'Thank you for returning', 'A loan is overdue']) {
    expect(told).toContainEqual(expect.stringContaining(words));
  }
  const times = demo.mails.map(({ at }: { at: string }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(demo.objects.map(({ key }: { key: string }) => key)).toEqual([
    expect.stringMatching(/^reports\/level-7\/.*\.html$/),
    expect.stringMatching(/^reports\/level-7\/.*\.json$/),
    expect.stringMatching(/^reports\/level-8\/.*\.html$/),
    expect.stringMatching(/^reports\/level-8\/.*\.json$/),
  ]);
  const loans = Object.entries(demo.tables).find(([name]) => name.includes('Loans'))?.[1] as Array<{ status: string }>;
  expect(loans.map(({ status }) => status).sort()).toEqual(['lost', 'lost', 'returned']);
  expect(demo.metrics).toContainEqual({
    namespace: 'Stepwright/Game',
    name: 'Completions',
    dimensions: { Level: '7' },
    count: 1,
    sum: 1,
  });
});

test('the timeline is what the README and docs/retries.md show', () => {
  const printed = played.stderr.split('\n').map(withoutChance);
  const printedLike = (lines: string[]) => {
    expect(lines.length).toBeGreaterThan(10);
    const begin = printed.indexOf(lines[0] as string);
    return printed.slice(begin, begin + lines.length);
  };
  const here = shown('demo', readme);
  expect(printedLike(here)).toEqual(here.map(withoutChance));
  // When it begins depends on the journeys before it.
  const retries = shown('demo', readFileSync(join(root, 'docs/retries.md'), 'utf8'));
  expect(sinceBegin(printedLike(retries))).toEqual(sinceBegin(retries));
});

test('without --json the timeline is what it prints, to its end', async () => {
  const { code, stdout, stderr } = await stepwright('demo');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const here = shown('demo', readme);
  const printed = stdout.split('\n').map(withoutChance);
  const begin = printed.indexOf(here[0] as string);
  expect(printed.slice(begin, begin + here.length)).toEqual(here.map(withoutChance));
  expect(stdout).toMatch(/\nEverything was as it should be: \d+ checks\.\n$/);
});

/** Lines of the timeline, with the seconds since the first of them in the place of day and time. */
function sinceBegin(lines: string[]): string[] {
  let began: number | undefined;
  return lines.map((line) =>
    line.replace(/^.{19}(\d\d):(\d\d):(\d\d)/, (_, hours, minutes, seconds) => {
      const at = 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
      began ??= at;
      return `${at - began} s`;
    }),
  );
}

/** What differs from run to run: links, ports, ids, where the sources are. */
function withoutChance(line: string): string {
  return line
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\/l\/[\w-]{43}\//g, '/l/LINK/')
    .replace(/"trace":\[.*\]/, '"trace":[…]');
}
