import { readFileSync } from 'node:fs';

/** Each retrier's arithmetic stands in its comment, and in the table of docs/game-level-complete.md: both as it is. */
interface Retrier {
  readonly Comment?: string;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
}

interface States {
  readonly [name: string]: {
    readonly Retry?: Retrier[];
    readonly Branches?: Array<{ readonly States: States }>;
    readonly ItemProcessor?: { readonly States: States };
  };
}

const statesOf = (file: string): States => JSON.parse(readFileSync(`statemachines/${file}.asl.json`, 'utf8')).States;

function retriersIn(states: States): Array<{ state: string; retrier: Retrier }> {
  return Object.entries(states).flatMap(([state, { Retry = [], Branches = [], ItemProcessor }]) => [
    ...Retry.map((retrier) => ({ state, retrier })),
    ...[...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap((part) => retriersIn(part.States)),
  ]);
}

/** The seconds before each further attempt, at most where there is jitter. */
function delaysOf({ IntervalSeconds = 1, BackoffRate = 2, MaxAttempts = 3 }: Retrier): number[] {
  return Array.from({ length: MaxAttempts }, (_, attempt) => IntervalSeconds * BackoffRate ** attempt);
}

test.each(['game-level-complete', 'game-level-repair', 'hello-world-retries'])('%s: comments do the sums', (file) => {
  const retriers = retriersIn(statesOf(file));
  expect(retriers.length).toBeGreaterThan(2);
  for (const { state, retrier } of retriers) {
    const delays = delaysOf(retrier);
    const told = [...(retrier.Comment ?? '').matchAll(/\d+(?:(?: \+ |, | and )\d+)+(?: = \d+)?/g)].map(([sum]) => sum);
    const sum = delays.reduce((all, delay) => all + delay, 0);
    const right = [
      delays.join(' + '),
      `${delays.join(' + ')} = ${sum}`,
      delays.join(', ').replace(/, (\d+)$/, ' and $1'),
    ];
    if (delays.length === 0) expect({ state, told }).toEqual({ state, told: [] });
    else expect({ state, told, right: right.includes(told[0] ?? '') }).toEqual({ state, told, right: true });
  }
});

test('the page tells after how many seconds each step is tried again', () => {
  const page = readFileSync('docs/game-level-complete.md', 'utf8');
  const [, table = ''] = /\| step \| error .*\n.*\n((?:\|.*\n)+)/.exec(page) ?? [];
  const told = table
    .trim()
    .split('\n')
    .map((row) => row.split('|')[3]?.trim());
  const retriers = retriersIn(statesOf('game-level-complete'));
  const rows = ['CreditPlayer', 'KeepReport', 'MarkCounted', 'CountCompletion', 'SetEventAside'];
  expect(told).toEqual(
    rows.flatMap((row) =>
      retriers.flatMap(({ state, retrier }) => {
        if (state !== row) return [];
        const delays = delaysOf(retrier);
        return delays.length === 0 ? 'never' : `${delays.join(', ')} s`;
      }),
    ),
  );
});
