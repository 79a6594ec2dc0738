import { evaluateExpression, evaluateTyped, expressionIn, type JsonataScope } from '../../local/asl/jsonata';

const scope: JsonataScope = {
  input: { a: 1 },
  context: { Execution: { Name: 'run' } },
  variables: { list: [3, 1, 2], nested: { deep: true } },
  states: { input: { a: 1 }, context: { Execution: { Name: 'run' } } },
  now: Date.parse('2026-03-01T08:00:00Z'),
  random: () => 0.25,
  uuid: () => 'made-up-id',
};

const evaluate = (source: string) => evaluateExpression(source, scope, 'Output');

it.each([
  ['{% 1 %}', '1'],
  ['{%1%}', '1'],
  ['{%%}', ''],
  [' {% 1 %}', undefined],
  ['{% 1 %} ', undefined],
  ['{%}', undefined],
  ['$x', undefined],
])('%p holds %p', (text, expression) => {
  expect(expressionIn(text)).toBe(expression);
});

describe('an expression', () => {
  it.each([
    ['$states.input.a + 1', 2],
    ['$states.context.Execution.Name', 'run'],
    ['$nested.deep', true],
    ['$sort($list)', [1, 2, 3]],
    ['$partition($list, 2)', [[3, 1], [2]]],
    ['$partition([], 2)', []],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ["$hash('text', 'SHA-1')", '372ea08cab33e71c02c651dbc83a474d32c676ea'],
    ["$hash('text', 'MD5')", '1cb251ec0d568de6a929b520c4aed8d1'],
    ['$parse(\'{"a":[1]}\').a[0]', 1],
    ['$random()', 0.25],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$uuid()', 'made-up-id'],
    ['$now()', '2026-03-01T08:00:00.000Z'],
    ["$now('[Y]')", '2026'],
    ['$millis()', 1772352000000],
    ['$count($shuffle($list))', 3],
    ['null', null],
    ['-0', 0],
  ])('%s is %p', async (source, value) => {
    expect(await evaluate(source)).toEqual(value);
  });

  it('gives plain JSON: arrays without JSONata’s marks', async () => {
    const items = (await evaluate('[[1..3].($ * 2), [$list[$ > 1]]]')) as unknown[];
    expect(items).toEqual([2, 4, 6, [3, 2]]);
    for (const array of [items, items[3] as unknown[]]) {
      expect(Object.getOwnPropertyNames(array)).toEqual([...Object.keys(array), 'length']);
    }
  });

  it('leaves what it was given alone, and does not copy it without need', async () => {
    const before = JSON.stringify(scope.variables);
    expect(await evaluate('$nested')).toBe(scope.variables.nested);
    await evaluate('$append($list, 4)');
    expect(JSON.stringify(scope.variables)).toBe(before);
  });

  it.each([
    ['$missing', 'returned nothing (undefined).'],
    ['$eval("1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
    [
      '1 + "a"',
      'threw an error during evaluation. T2002: The right side of the "+" operator must evaluate to a number',
    ],
    ['1 +', 'threw an error during evaluation. S0207: Unexpected end of expression'],
    ["$error('mine')", 'threw an error during evaluation. D3137: mine'],
    ['function($x){$x}', 'returned an unsupported result type.'],
    ['{"f": $sum}', 'returned an unsupported result type.'],
    ['/a/', 'returned an unsupported result type.'],
    ["$hash('a', 'CRC')", 'threw an error during evaluation. Unknown hash algorithm: CRC'],
  ])('%s %s', async (source, text) => {
    await expect(evaluate(source)).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      location: 'Output',
      message: `The JSONata expression '${source}' specified for the field 'Output' ${text}`,
    });
  });

  it('must be of the type that its field wants', async () => {
    expect(await evaluateTyped('[1]', scope, 'Items', 'array')).toEqual([1]);
    await expect(evaluateTyped('null', scope, 'Items', 'array')).rejects.toThrow(
      "The JSONata expression 'null' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'null' for value: null",
    );
  });
});

describe('an expression without end', () => {
  it.each([
    ['recursion', '($f := function($x){ 1 + $f($x) }; $f(1))', 'Stack overflow error'],
    ['doubling a text', "($f := function($s){ $f($s & $s) }; $f('ab'))", 'too large'],
    ['doubling a list', '($f := function($s){ $f($append($s, $s)) }; $f([1, 2]))', 'too large'],
    ['a product of ranges', '[1..1000000].[1..1000000].$', 'infinite loop'],
    ['a huge padding', "$pad('', 500000000)", 'too large'],
  ])('ends with an error: %s', async (_what, source, text) => {
    await expect(evaluate(source)).rejects.toThrow(text);
  });

  it('lets others work until it ends', async () => {
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 1);
    // Each range takes a quarter of the steps that there are, so that the loop has half of them left.
    const source = '($count([1..1000000]); $count([1..1000000]); $f := function($x){ $f($x) }; $f(1))';
    await expect(evaluate(source)).rejects.toThrow('infinite loop');
    clearInterval(others);
    // Half a million steps take half a second at least, which is fifty slices.
    expect(turns).toBeGreaterThan(20);
    // And more on a busy machine.
  }, 120_000);

  it('does not stop what is merely long', async () => {
    expect(await evaluate('$sum($map([1..10000], function($v){ $v % 2 }))')).toBe(5000);
    expect(await evaluate('($f := function($n){ $n = 0 ? 0 : 1 + $f($n - 1) }; $f(200))')).toBe(200);
  });
});
