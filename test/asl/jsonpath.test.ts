import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../local/asl/json';
import {
  assignPath,
  evaluatePath,
  findPath,
  InvalidPath,
  isPath,
  isReferencePath,
  PathNotFound,
} from '../../local/asl/jsonpath';
import { scopeOf } from './scope';

const shop: JsonObject = {
  store: {
    book: [
      { title: 'Sayings', price: 8.95, tags: ['a', 'b'] },
      { title: 'Sword', price: 12.99, isbn: '0-1', tags: [] },
      { title: 'Moby', price: 8.99, isbn: '0-2', tags: ['b'] },
    ],
    bicycle: { color: 'red', price: 19.95 },
  },
  limit: 10,
};
const on = (path: string, input: Json = shop): Json => evaluatePath(path, scopeOf(input));
const titles = (path: string): Json[] => (on(path) as { title: string }[]).map(({ title }) => title);

describe('a definite path', () => {
  test.each<[string, Json]>([
    ['$', shop],
    ['$.limit', 10],
    ['$.store.book[0].title', 'Sayings'],
    ["$['store']['bicycle']['color']", 'red'],
    ['$["store"].bicycle.color', 'red'],
    ['$.store.book[-1].title', 'Moby'],
    [' $.limit ', 10],
  ])('%s answers the value', (path, value) => {
    expect(on(path)).toEqual(value);
  });

  test('answers null, false and 0 as values', () => {
    expect([on('$.a', { a: null }), on('$.a', { a: false }), on('$.a', { a: 0 })]).toEqual([null, false, 0]);
  });

  test('reads names with any characters in brackets, with escapes', () => {
    expect(on("$['it\\'s a key']", { "it's a key": 1 })).toBe(1);
    expect(on('$.sub-values.ünï', { 'sub-values': { ünï: 2 } })).toBe(2);
  });

  test("sees own fields only, not JavaScript's", () => {
    expect(() => on('$.constructor', {})).toThrow(PathNotFound);
    expect(() => on('$.length', { a: 1 })).toThrow(PathNotFound);
    expect(on('$.__proto__', JSON.parse('{"__proto__": 7}'))).toBe(7);
  });
});

describe('where a path starts', () => {
  const scope = scopeOf({ n: 'input' }, { order: { id: 7 }, größe: 3 }, { Execution: { Name: 'run-1' } });
  test.each<[string, Json]>([
    ['$.n', 'input'],
    ['$$.Execution.Name', 'run-1'],
    ['$$', { Execution: { Name: 'run-1' } }],
    ['$order.id', 7],
    ["$order['id']", 7],
    ['$größe', 3],
  ])('%s', (path, value) => {
    expect(evaluatePath(path, scope)).toEqual(value);
  });

  test('a variable that is not set is not found', () => {
    expect(() => evaluatePath('$missing', scope)).toThrow("The JSONPath '$missing' could not be found");
    expect(findPath('$toString', scope)).toBeUndefined();
  });
});

describe('an indefinite path answers an array', () => {
  test.each<[string, Json[]]>([
    ['$.store.book[*]', ['Sayings', 'Sword', 'Moby']],
    ['$.store.book[0,2]', ['Sayings', 'Moby']],
    ['$.store.book[0, -1]', ['Sayings', 'Moby']],
    ['$.store.book[1:]', ['Sword', 'Moby']],
    ['$.store.book[:2]', ['Sayings', 'Sword']],
    ['$.store.book[-2:]', ['Sword', 'Moby']],
    ['$.store.book[:-1]', ['Sayings', 'Sword']],
    ['$.store.book[0:1]', ['Sayings']],
    ['$.store.book[-3:-1]', ['Sayings', 'Sword']],
    ['$.store.book[2:1]', []],
    ['$.store.book[?(@.isbn)]', ['Sword', 'Moby']],
    ['$.store.book[?(!@.isbn)]', ['Sayings']],
    ['$.store.book[?(@.price < 9)]', ['Sayings', 'Moby']],
    ['$.store.book[?(@.price <= 8.95 || @.title == "Moby")]', ['Sayings', 'Moby']],
    ["$.store.book[?(@.price < $.limit && @['isbn'] != '0-9')]", ['Sayings', 'Moby']],
    ["$.store.book[?(@.title in ['Moby', 'Dick'])]", ['Moby']],
    ["$.store.book[?(@.title nin ['Moby'])]", ['Sayings', 'Sword']],
    ['$.store.book[?(@.title =~ /s.*/i)]', ['Sayings', 'Sword']],
    ['$.store.book[?(@.title =~ /s/i)]', []],
    ["$.store.book[?(@.tags contains 'b')]", ['Sayings', 'Moby']],
    ['$.store.book[?(@.tags size 2)]', ['Sayings']],
    ['$.store.book[?(@.tags empty true)]', ['Sword']],
    ["$.store.book[?(@.tags subsetof ['b', 'c'])]", ['Sword', 'Moby']],
    ["$.store.book[?(@.tags anyof ['a'])]", ['Sayings']],
    ["$.store.book[?(@.tags noneof ['a'])]", ['Sword', 'Moby']],
    ["$.store.book[?(@.tags all ['a', 'b'])]", ['Sayings']],
    ['$.store.book[?(!(@.price > 9 && @.isbn))]', ['Sayings', 'Moby']],
    ['$.store.book[?(@.isbn == null)]', []],
  ])('%s', (path, expected) => {
    expect(titles(path)).toEqual(expected);
  });

  test('finds names and conditions at any depth', () => {
    expect(on('$..price')).toEqual([8.95, 12.99, 8.99, 19.95]);
    expect(on('$..book[0].title')).toEqual(['Sayings']);
    expect(on('$..[?(@.color)].price')).toEqual([19.95]);
    expect(on('$..*', { a: { b: 1 } })).toEqual([{ b: 1 }, 1]);
    expect(on('$.store.*.price')).toEqual([19.95]);
  });

  test('takes the values of an object and the items of an array by *', () => {
    expect(on('$[*]', { a: 1, b: 2 })).toEqual([1, 2]);
    expect(on('$.*', [1, 2])).toEqual([1, 2]);
  });

  test('makes one object of several names at the end', () => {
    expect(on("$.store.bicycle['color','price','gears']")).toEqual({ color: 'red', price: 19.95 });
  });

  test.each(['$[*]', '$.item.items[*]', '$.item.items[1:5]', '$.items[1:].value', '$..none', '$.items[?(@.a)]'])(
    '%s is [] where there is nothing',
    (path) => {
      expect(on(path, {})).toEqual([]);
    },
  );

  test('walks documents of any depth', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}{"x":1}${']'.repeat(50_000)}`) as Json;
    expect(on('$..x', deep)).toEqual([1]);
  });
});

describe('a function at the end', () => {
  test.each<[string, Json]>([
    ['$.store.book.length()', 3],
    ['$.store.length()', 2],
    ['$.limit.length()', null],
    ['$.store.keys()', ['book', 'bicycle']],
    ['$..price.max()', 19.95],
    ['$.n.min()', 1],
    ['$.n.sum()', 6],
    ['$.n.avg()', 2],
    ['$.n.first()', 1],
    ['$.n.last()', 3],
  ])('%s', (path, value) => {
    expect(on(path, { ...shop, n: [1, 2, 3] })).toEqual(value);
  });

  test('stddev is of the whole population', () => {
    expect(on('$.n.stddev()', { n: [2, 4, 4, 4, 5, 5, 7, 9] })).toBe(2);
  });

  test('is not found where it cannot be applied', () => {
    expect(() => on('$.n.sum()', { n: [] })).toThrow(PathNotFound);
  });
});

describe('a path that leads nowhere', () => {
  const failure = (path: string, input: Json): PathNotFound => {
    try {
      evaluatePath(path, scopeOf(input));
    } catch (error) {
      return error as PathNotFound;
    }
    throw new Error(`${path} was found`);
  };

  test("tells where, in AWS's words for the place", () => {
    const error = failure('$.order.id', { item: 1 });
    expect(error).toMatchObject({ error: 'States.Runtime', path: '$.order.id', data: { item: 1 } });
    expect(error.message).toBe(`The JSONPath '$.order.id' could not be found in the input '{"item":1}'`);
    expect(error.messageFor('id.$')).toBe(
      `The JSONPath '$.order.id' specified for the field 'id.$' could not be found in the input '{"item":1}'`,
    );
    expect(error.invalidPathMessage()).toBe("Invalid path '$.order.id' : Missing property in path $['order']");
  });

  test.each<[string, Json, string]>([
    ['$.a', {}, "No results for path: $['a']"],
    ['$.a.b', { a: {} }, "No results for path: $['a']['b']"],
    ['$.a[3]', { a: [1] }, "No results for path: $['a'][3]"],
    ['$.a[3].b', { a: [1] }, "No results for path: $['a'][3]"],
    ['$.a[0]', { a: null }, "The path $['a'] is null"],
    ['$.a[0]', { a: 5 }, 'Filter: [0] can only be applied to arrays. Current context is: 5'],
    [
      '$.a.b',
      { a: 'text' },
      "Expected to find an object with property ['b'] in path $['a'] but found 'java.lang.String'.",
    ],
  ])('%s in %j: %s', (path, input, reason) => {
    expect(failure(path, input).reason).toContain(reason);
  });

  test('findPath answers undefined instead', () => {
    expect(findPath('$.a.b', scopeOf({}))).toBeUndefined();
  });
});

describe('what is no path', () => {
  test.each([
    '',
    'a',
    '.a',
    '@.a',
    '$.',
    '$..',
    '$.a.',
    '$a b',
    '$.a b',
    '$.a[',
    '$.a[]',
    '$.a[1',
    "$.a['b",
    '$.a[:]',
    "$.a['b',1]",
    '$.a[?(@.b]',
    '$.a[?(@.b ==)]',
    '$.a[?(@.b =~ /[/)]',
    '$.a.explode()',
    '$$$',
    '$1',
    'States.UUID()',
    `$${'[?('.repeat(100)}`,
  ])('%s', (text) => {
    expect(isPath(text)).toBe(false);
    expect(() => on(text)).toThrow(InvalidPath);
  });

  test('any text is a path or is not, and never breaks anything', () => {
    const piece = fc.constantFrom(
      '$',
      '.',
      '..',
      '[',
      ']',
      "'",
      '*',
      '?(',
      ')',
      '@',
      '1',
      'a',
      ',',
      ':',
      '&&',
      '==',
      '/',
      ' ',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `$${pieces.join('')}`;
        try {
          on(text);
        } catch (error) {
          expect(error instanceof InvalidPath || error instanceof PathNotFound).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('isReferencePath', () => {
  test.each(['$', '$.a', '$.a.b[0]', "$['a b']", '$variable.a'])('%s is one', (path) => {
    expect(isReferencePath(path)).toBe(true);
  });
  test.each(['$.a[*]', '$..a', '$.a[0,1]', '$.a[0:1]', '$.a[?(@.b)]', '$.a.length()', '$$.Execution', '$.a[-1]', 'a'])(
    '%s is not',
    (path) => {
      expect(isReferencePath(path)).toBe(false);
    },
  );
});

describe('assignPath', () => {
  test.each<[Json, string, Json]>([
    [{ a: 1 }, '$', 9],
    [{ a: 1 }, '$.b', { a: 1, b: 9 }],
    [{ a: 1 }, '$.a', { a: 9 }],
    [{ a: 1 }, '$.b.c.d', { a: 1, b: { c: { d: 9 } } }],
    [{ a: [1, 2] }, '$.a[1]', { a: [1, 9] }],
    [{ a: [{ b: 1 }] }, '$.a[0].c', { a: [{ b: 1, c: 9 }] }],
  ])('%j with 9 at %s', (document, path, expected) => {
    expect(assignPath(document, path, 9)).toEqual(expected);
  });

  test('leaves its argument alone and shares what it does not touch', () => {
    const document = Object.freeze({
      kept: Object.freeze({ x: 1 }),
      changed: Object.freeze({ y: 1 }),
    }) as unknown as Json;
    const result = assignPath(document, '$.changed.z', 2) as { kept: Json };
    expect(result).toEqual({ kept: { x: 1 }, changed: { y: 1, z: 2 } });
    expect(result.kept).toBe((document as { kept: Json }).kept);
  });

  test.each<[Json, string]>([
    ['text', '$.a'],
    [{ a: 'text' }, '$.a.b'],
    [{ a: { b: 1 } }, '$.a[0]'],
    [{ a: [] }, '$.a[0]'],
    [[1], '$.a'],
  ])('%j has no room at %s', (document, path) => {
    expect(() => assignPath(document, path, 9)).toThrow(
      expect.objectContaining({
        error: 'States.ResultPathMatchFailure',
        message: expect.stringMatching(/^Unable to apply step "/),
      }),
    );
  });

  test('what was assigned is found there again', () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.jsonValue(),
        (document, names, value) => {
          const path = `$.${names.join('.')}`;
          fc.pre(typeof document === 'object' && document !== null && !Array.isArray(document));
          try {
            const changed = assignPath(document as Json, path, value as Json);
            expect(on(path, changed)).toEqual(value);
          } catch (error) {
            expect(error).toMatchObject({ error: 'States.ResultPathMatchFailure' });
          }
        },
      ),
    );
  });

  test('a field named __proto__ is a field like any other', () => {
    const result = assignPath({}, '$.__proto__.polluted', true) as object;
    expect(Object.keys(result)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
