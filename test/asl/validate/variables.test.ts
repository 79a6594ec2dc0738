import type { JsonObject } from '../../../local/asl/json';
import { diagnose } from './machine';

const END = { Type: 'Succeed' };
const set = (names: string[], Next: string): JsonObject => ({
  Type: 'Pass',
  Assign: Object.fromEntries(names.map((name) => [name, 1])),
  Next,
});
const read = (name: string, more: JsonObject = { End: true }): JsonObject => ({
  Type: 'Pass',
  Parameters: { 'x.$': `$${name}` },
  ...more,
});

function warnings(States: JsonObject, more: JsonObject = {}): string[] {
  const machine = { StartAt: Object.keys(States)[0] as string, States, ...more };
  return diagnose(machine).map(({ severity, code, message, location }) => {
    expect([severity, code]).toEqual(['WARNING', 'UNASSIGNED_VARIABLE']);
    return `${message} @${location}`;
  });
}

test('a variable that nobody assigns', () => {
  expect(warnings({ Read: read('a') })).toEqual(["Variable 'a' is never assigned @/States/Read/Parameters"]);
});

test('a variable that is assigned later, or by the state itself', () => {
  const before = "Variable 'a' is not assigned before this state";
  expect(warnings({ Read: read('a', { Next: 'Set' }), Set: set(['a'], 'End'), End: END })).toEqual([
    `${before} @/States/Read/Parameters`,
  ]);
  expect(warnings({ Self: { Type: 'Pass', Assign: { 'a.$': '$a' }, End: true } })).toEqual([
    `${before} @/States/Self/Assign`,
  ]);
});

describe('a variable that is assigned on some path only', () => {
  const somewhere = "Variable 'a' is not assigned on every path to this state";
  const choice = (rule: JsonObject): JsonObject => ({
    Type: 'Choice',
    Choices: [{ Variable: '$.x', IsPresent: true, ...rule }],
    Default: 'Read',
  });

  test('of a Choice', () => {
    expect(warnings({ Which: choice({ Next: 'Set' }), Set: set(['a'], 'Read'), Read: read('a') })).toEqual([
      `${somewhere} @/States/Read/Parameters`,
    ]);
    expect(warnings({ Which: choice({ Assign: { a: 1 }, Next: 'Read' }), Read: read('a') })).toEqual([
      `${somewhere} @/States/Read/Parameters`,
    ]);
    const both = { ...choice({ Assign: { a: 1 }, Next: 'Read' }), Assign: { a: 2 } };
    expect(warnings({ Which: both, Read: read('a') })).toEqual([]);
  });

  test('since its state may fail first', () => {
    const work = (more: JsonObject): JsonObject => ({
      Type: 'Task',
      Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work',
      Assign: { a: 1 },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Read', ...more }],
      Next: 'Read',
    });
    expect(warnings({ Work: work({}), Read: read('a') })).toEqual([`${somewhere} @/States/Read/Parameters`]);
    expect(warnings({ Work: work({ Assign: { a: 2 } }), Read: read('a') })).toEqual([]);
  });

  test('in a loop, after the first round', () => {
    const States = {
      Read: read('a', { Next: 'Set' }),
      Set: set(['a'], 'Again'),
      Again: choice({ Next: 'End' }),
      End: END,
    };
    expect(warnings(States)).toEqual([`${somewhere} @/States/Read/Parameters`]);
  });
});

describe('a block', () => {
  const around = (block: JsonObject, more: JsonObject = {}): JsonObject => ({
    Set: set(['a'], 'Each'),
    Each: { Type: 'Map', ItemProcessor: { ...block, ...more }, End: true },
  });
  const block = { StartAt: 'In', States: { In: read('a') } };

  test('sees what was assigned around it before', () => {
    expect(warnings(around(block))).toEqual([]);
  });

  test('of a distributed Map sees nothing of it', () => {
    const distributed = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    expect(warnings(around(block, distributed))).toEqual([
      "Variable 'a' is never assigned @/States/Each/ItemProcessor/States/In/Parameters",
    ]);
  });

  test('keeps its own variables', () => {
    const Branches = [{ StartAt: 'In', States: { In: { Type: 'Pass', Assign: { b: 1 }, End: true } } }];
    expect(warnings({ Both: { Type: 'Parallel', Branches, Next: 'Read' }, Read: read('b') })).toEqual([
      "Variable 'b' is never assigned @/States/Read/Parameters",
    ]);
  });
});

test('in expressions, but for functions, what they bind and what they ask for', () => {
  const output = (text: string) =>
    warnings({ Out: { Type: 'Pass', Output: `{% ${text} %}`, End: true } }, { QueryLanguage: 'JSONata' });
  expect(output('$map([1], $uppercase) ~> $join')).toEqual([]);
  expect(output('($b := $uuid(); $b & $states.input.c & $partition([1], 1))')).toEqual([]);
  expect(output('$exists($maybe) ? $maybe : 0')).toEqual([]);
  expect(output('$misspelt + 1')).toEqual(["Variable 'misspelt' is never assigned @/States/Out/Output"]);
  expect(output('$eval("1")')).toEqual(["Variable 'eval' is never assigned @/States/Out/Output"]);
});

test('in a machine of many states and ways, without taking long', () => {
  const count = 2000;
  const States = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `S${i}`,
      {
        Type: 'Choice',
        Choices: [3, 7].map((factor) => ({
          Variable: `$v${i}`,
          IsPresent: true,
          Assign: { [`v${i + factor}`]: 1 },
          Next: `S${(i * factor + 1) % count}`,
        })),
        Default: `S${(i + 1) % count}`,
      },
    ]),
  );
  const began = process.cpuUsage();
  diagnose({ StartAt: 'S0', States: { ...States, End: END } });
  const { user } = process.cpuUsage(began);
  expect(user / 1e6).toBeLessThan(5);
});
