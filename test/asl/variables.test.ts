import { variableReferences } from '../../local/asl/variables';

const pass = (fields: object) => ({ Type: 'Pass', End: true, ...fields });
const machine = (States: object, more: object = {}) => ({ StartAt: 'Set', States, ...more }) as never;
const SET = { Type: 'Pass', Assign: { a: 1, b: 2, c: 3 }, Next: 'Read' };

describe('in JSONPath states', () => {
  it.each([
    [{ InputPath: '$b.x', OutputPath: '$a' }, ['a', 'b']],
    [{ Parameters: { 'x.$': '$a', deep: [{ 'y.$': '$b[0]' }] } }, ['a', 'b']],
    [{ Assign: { 'd.$': "States.Format('{} {}', States.MathAdd($b, 1), $c)" } }, ['b', 'c']],
    [{ Type: 'Wait', SecondsPath: '$a' }, ['a']],
    [{ Type: 'Fail', ErrorPath: '$a', CausePath: "States.Format('{}', $b)" }, ['a', 'b']],
    [{ Type: 'Map', MaxConcurrencyPath: '$a', ItemReader: { ReaderConfig: { MaxItemsPath: '$b' } } }, ['a', 'b']],
    [{ Type: 'Map', ItemBatcher: { MaxItemsPerBatchPath: '$a', BatchInput: { 'x.$': '$b' } } }, ['a', 'b']],
    [{ Type: 'Choice', Choices: [{ Not: { Variable: '$b', StringEqualsPath: '$a' }, Next: 'Read' }] }, ['a', 'b']],
    [{ Type: 'Task', Catch: [{ ErrorEquals: ['E'], Assign: { 'x.$': '$a' }, Next: 'Read' }] }, ['a']],
  ])('finds them in %j', (fields, names) => {
    expect(variableReferences(machine({ Set: SET, Read: pass(fields) }))).toEqual({ Read: names });
  });

  it.each([
    [{ Parameters: { x: '$a', somePath: '$b', Variable: '$c' } }],
    [{ Result: { 'x.$': '$a' } }],
    [{ InputPath: '$.a', Parameters: { 'x.$': '$$.Execution.Id' }, Comment: '$a' }],
  ])('finds none in %j', (fields) => {
    expect(variableReferences(machine({ Set: SET, Read: pass(fields) }))).toEqual({});
  });
});

describe('in JSONata states', () => {
  it.each([
    [{ Output: '{% $a + $states.input.b %}' }, ['a']],
    [{ Output: { list: ['{% $map($b, function($x) { $x * $c }) %}'] } }, ['b', 'c']],
    [{ Assign: { d: '{% ($b := 2; $a + $b) %}' } }, ['a']],
    [{ Type: 'Choice', Choices: [{ Condition: '{% $a = $count($b) %}', Next: 'Read' }] }, ['a', 'b']],
    [{ Output: '{% $map($a, $uppercase) %}' }, ['a']],
    [{ Output: '{% $states.input@$b.($a & $b) %}' }, ['a']],
    [{ Output: '$a' }, undefined],
  ])('finds them in %j', (fields, names) => {
    const definition = machine({ Set: SET, Read: pass(fields) }, { QueryLanguage: 'JSONata' });
    expect(variableReferences(definition)).toEqual(names ? { Read: names } : {});
  });
});

it('looks into branches, iterations and both languages, each state for itself', () => {
  const States = {
    Set: SET,
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Left', States: { Left: pass({ InputPath: '$a' }) } },
        { StartAt: 'Right', States: { Right: pass({ QueryLanguage: 'JSONata', Output: '{% $b %}' }) } },
      ],
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'One', States: { One: pass({ Assign: { 'own.$': '$c' } }) } },
      End: true,
    },
  };
  expect(variableReferences(machine(States))).toEqual({ Left: ['a'], Right: ['b'], One: ['c'] });
});
