import type { Answer } from './client';

/** What the benchmark runs. The output of every execution is checked: a wrong answer is an error, not speed. */
export interface Workload {
  readonly title: string;
  readonly input: object;
  readonly isRight: (output: Answer) => boolean;
  /** @param activityArn of an activity whose workers answer `{"approved": true}` */
  readonly definition: (activityArn: string) => object;
  readonly usesActivity?: boolean;
}

/** `count` Pass states in a row. */
export function chain(count: number): object {
  const names = Array.from({ length: count }, (_, index) => `Step${index}`);
  const states = names.map((name, index) => [
    name,
    names[index + 1] ? { Type: 'Pass', Next: names[index + 1] } : { Type: 'Pass', End: true },
  ]);
  return { StartAt: 'Step0', States: Object.fromEntries(states) };
}

/** `count` branches side by side, each of two Pass states. */
export function branches(count: number): object {
  const Branches = Array.from({ length: count }, (_, index) => ({
    StartAt: `Name${index}`,
    States: {
      [`Name${index}`]: { Type: 'Pass', Parameters: { branch: index, 'user.$': '$.user' }, Next: `Score${index}` },
      [`Score${index}`]: { Type: 'Pass', Result: index, ResultPath: '$.score', End: true },
    },
  }));
  return {
    StartAt: 'Side',
    States: {
      Side: { Type: 'Parallel', Branches, Next: 'Check' },
      Check: { Type: 'Choice', Choices: [{ Variable: '$[0].score', NumericEquals: 0, Next: 'Good' }], Default: 'Bad' },
      Good: { Type: 'Succeed' },
      Bad: { Type: 'Fail' },
    },
  };
}

const user = { user: 'Ada' };
export const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

export const map: object = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: { StartAt: 'Keep', States: { Keep: { Type: 'Pass', End: true } } },
      End: true,
    },
  },
};

export const WORKLOADS: Record<string, Workload> = {
  W1: { title: '10 Pass states', input: user, isRight: (output) => output.user === 'Ada', definition: () => chain(10) },
  W2: {
    title: 'Parallel of 3, Choice, Succeed',
    input: user,
    isRight: (output) => output.length === 3 && output[2].score === 2 && output[0].user === 'Ada',
    definition: () => branches(3),
  },
  W3: {
    title: 'Map over 100 items',
    input: { items: items(100) },
    isRight: (output) => output.length === 100 && output[99].id === 99,
    definition: () => map,
  },
  W4: {
    title: 'activity task',
    input: user,
    isRight: (output) => output.approved === true,
    definition: (Resource) => ({ StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource, End: true } } }),
    usesActivity: true,
  },
};

export const WAITING: object = {
  StartAt: 'Sleep',
  States: { Sleep: { Type: 'Wait', Seconds: 3600, Next: 'Wake' }, Wake: { Type: 'Pass', End: true } },
};

export const EXPRESSION = '$sum($states.input.items.(qty * price))';
export const goods = Array.from({ length: 1000 }, (_, index) => ({ qty: (index % 7) + 1, price: (index * 13) % 101 }));
