/**
 * Owns the goals of `npm run bench`, and which figures miss theirs. A figure is judged as it is shown: with so many
 * digits behind the point.
 */
export interface Goal {
  readonly at: 'least' | 'most';
  readonly value: number;
  readonly digits: number;
}

const atLeast = (value: number, digits: number): Goal => ({ at: 'least', value, digits });
const atMost = (value: number, digits: number): Goal => ({ at: 'most', value, digits });

/** Of the yardstick's executions a second, by workload and callers. */
export const SHARES: Readonly<Record<string, Readonly<Record<number, Goal>>>> = {
  W1: { 1: atLeast(0.4, 2), 16: atLeast(0.25, 2) },
  W2: { 1: atLeast(0.4, 2), 16: atLeast(0.25, 2) },
  W3: { 1: atLeast(0.12, 2), 16: atLeast(0.12, 2) },
  W4: { 16: atLeast(0.45, 2) },
};

/** Of how many waiting executions the goals of W5 speak: of fewer, what is there once weighs too much on each. */
export const WAITING_AT = 10_000;

export const WAITING = { startsShare: atLeast(0.3, 2), kibEach: atMost(6, 1), describeRatio: atMost(3, 1) };

export const OTHERS = {
  jsonata: atMost(1.5, 2),
  warmFunction: atMost(2, 2),
  ready: atMost(350, 0),
  memory: atMost(90, 0),
};

export function isMissed(figure: number, { at, value, digits }: Goal): boolean {
  const shown = Number(figure.toFixed(digits));
  return at === 'least' ? shown < value : shown > value;
}

/** E.g. `≥ 0.40`. */
export function goalText({ at, value, digits }: Goal): string {
  return `${at === 'least' ? '≥' : '≤'} ${value.toFixed(digits)}`;
}
