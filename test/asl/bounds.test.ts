import { evaluateExpression } from '../../local/asl/jsonata';
import { evaluatePath } from '../../local/asl/jsonpath';
import { bounded, MatchTimeout } from '../../local/asl/regexp';
import { fillTemplate } from '../../local/asl/template';
import { validateDefinition } from '../../local/asl/validate';

const scope = (input: object = {}) => ({
  input: input as never,
  variables: {},
  context: {},
  states: { input: input as never },
  now: 0,
  random: () => 0.5,
  uuid: () => 'id',
});
const jsonata = (source: string, input?: object) => evaluateExpression(source, scope(input), 'Output');
const backtracking = `${'a'.repeat(40)}b`;

describe('regular expressions', () => {
  it('that backtrack without end are ended', () => {
    expect(() => bounded(/^(a+)+$/, backtracking.length, () => /^(a+)+$/.test(backtracking))).toThrow(MatchTimeout);
  });

  it('that cannot are never interrupted, and others only when they take long twice: the machine may be busy', () => {
    const text = '2026-03-02T08:59:58.123Z';
    const day =
      /^20([0-9][0-9]-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([02468][048]|[13579][26])-02-29)/;
    const pattern = new RegExp(`${day.source}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$`);
    const wait = () => {
      for (const until = performance.now() + 200; performance.now() < until; );
    };
    const slowly = () => {
      wait();
      return pattern.test(text);
    };
    expect(bounded(pattern, text.length, slowly)).toBe(true);

    let tries = 0;
    const onceSlowly = () => {
      tries += 1;
      if (tries === 1) wait();
      return 'found';
    };
    expect(bounded(/(a+)+/, backtracking.length, onceSlowly)).toBe('found');
    expect(tries).toBe(2);
    expect(() => bounded(/(a+)+/, backtracking.length, slowly)).toThrow(MatchTimeout);
  });

  it.each([
    '$match($states.input.s, /^(a+)+$/)',
    '$replace($states.input.s, /^(a|a)*$/, "")',
    '$contains($states.input.s, /(a*)*c/)',
  ])('in an expression fail it: %s', async (source) => {
    await expect(jsonata(source, { s: backtracking })).rejects.toThrow('takes too long to match');
  });

  it('in a filter of a path fail it', () => {
    const input = { list: [{ s: backtracking }] };
    expect(() => evaluatePath('$.list[?(@.s =~ /(a+)+/)]', scope(input))).toThrow('takes too long');
  });

  it('in the picture of $toMillis fail it', async () => {
    const picture = '[Y]'.repeat(14);
    await expect(jsonata(`$toMillis("${'1'.repeat(60)}x", "${picture}")`)).rejects.toThrow('takes too long to match');
  });

  it.each([
    ['$match("ab12cd345", /[a-z]+(\\d+)/).groups', ['12', '345']],
    ['$replace("265USD", /([0-9]+)USD/, "$$$1")', '$265'],
    ['$split("a, b;c", /[,;]\\s*/)', ['a', 'b', 'c']],
    ['$contains("Hello", /^h.*o$/i)', true],
    ['$match("aXbXc", /X/, 1).index', 1],
    ['$replace("aaaa", /a/, "b", 3)', 'bbba'],
    ['($m := /a(b)?/; $m("xab").groups)', ['b']],
    ['$filter(["a1","b"], /\\d/)', 'a1'],
    [`$count($match("${'ab'.repeat(5000)}", /(?:ab?)+?/))`, 5000],
  ])('that are sound do as ever: %s', async (source, result) => {
    expect(JSON.parse(JSON.stringify(await jsonata(source)))).toEqual(result);
  });

  it('that match nothing again and again are refused as by JSONata', async () => {
    await expect(jsonata('$match("abc", /x*/)')).rejects.toThrow('D1004');
  });
});

describe('expressions', () => {
  const doubling = (last: string) => `($f:=function($a,$n){$n=0?$a:$f({"a":$a,"b":$a},$n-1)}; ${last})`;

  it.each(['$f(1,60)', '$string($f(1,60))', '$count($f(1,60).**)', '$f(1,60)=$f(1,60)'])(
    'whose values share their parts without bounds fail: %s',
    async (last) => {
      await expect(jsonata(doubling(last))).rejects.toThrow('too large');
    },
  );

  it('whose value is nested too deeply fail', async () => {
    await expect(jsonata('($f:=function($a,$n){$n=0?$a:$f({"a":$a},$n-1)}; $f(1,5000))')).rejects.toThrow('too large');
    await expect(jsonata('$parse($pad("", 60000, "[") & $pad("", 60000, "]"))')).rejects.toThrow('nested too deeply');
  });

  it('sort and compare long lists in time that fits their length', async () => {
    expect(await jsonata('$sort($reverse([1..200000]))[0]')).toBe(1);
    expect(await jsonata('$count($distinct([1..100000].($ % 50000)))')).toBe(50000);
  });

  it.each([
    ['$sort([3,1,2])', [1, 2, 3]],
    ['$sort(["b","a"])', ['a', 'b']],
    ['$sort([{"a":2},{"a":1}], function($l,$r){$l.a > $r.a}).a', [1, 2]],
    ['$distinct([1,"1",1,{"a":1,"b":2},{"b":2,"a":1},[1],[1]])', [1, '1', { a: 1, b: 2 }, [1]]],
    ['$distinct([5,5])', [5]],
    ['$toMillis("2018-01-02", "[Y]-[M]-[D]")', Date.UTC(2018, 0, 2)],
  ])('do as JSONata does: %s', async (source, result) => {
    expect(await jsonata(source)).toEqual(result);
  });

  it('sort only what has an order', async () => {
    await expect(jsonata('$sort([1,"a"])')).rejects.toThrow('D3070');
  });
});

describe('paths', () => {
  const list = Array.from({ length: 20_000 }, (_, i) => ({ i }));

  it.each([
    '$.list[?($..i)]',
    '$.list[?($..[?(@.i)])]',
    `$.nest${'[0,0,0,0]'.repeat(12)}`,
    '$.list[?(@.i in $.list[*].i)]',
  ])('that make too much of a document fail: %s', (path) => {
    const nest = JSON.parse('['.repeat(14) + ']'.repeat(14));
    expect(() => evaluatePath(path, scope({ list, nest }))).toThrow('takes too long');
  });

  it('may look at every item of a long list', () => {
    expect(evaluatePath('$.list[?(@.i == 19999)].i', scope({ list }))).toEqual([19_999]);
  });
});

describe('intrinsic functions', () => {
  const template = (call: string, input: object = {}) => fillTemplate({ 'x.$': call }, scope(input));

  it('make no text beyond bounds', () => {
    const call = `States.Format('${'{}'.repeat(1000)}'${', $.a'.repeat(1000)})`;
    expect(() => template(call, { a: 'x'.repeat(100_000) })).toThrow('Invalid arguments in States.Format');
  });

  it('take no number that is too large to be one', () => {
    expect(() => template('States.MathRandom(0, 10, 1e999)')).toThrow('Invalid arguments in States.MathRandom');
  });
});

it.each([500, 4000, 100_000])('an expression of %d terms is valid or refused', (terms) => {
  const Output = `{% 1${'+1'.repeat(terms)} %}`;
  const machine = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output, End: true } } };
  const { result, diagnostics } = validateDefinition(JSON.stringify(machine));
  expect([result, ...diagnostics.map(({ message }) => message)]).toEqual(
    terms === 500 ? ['OK'] : ['FAIL', 'The expression is nested too deeply'],
  );
});
