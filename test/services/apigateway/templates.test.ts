import type { RestVisit } from '../../../local/services/apigateway/rest/event';
import { Mapping } from '../../../local/services/apigateway/rest/mapping';
import { parseTemplate } from '../../../local/services/apigateway/rest/vtl/parse';
import { render } from '../../../local/services/apigateway/rest/vtl/render';
import { type Value, VtlMap } from '../../../local/services/apigateway/rest/vtl/values';
import recorded from './velocity-1.7.json';

/** What the recorded templates were run with. */
function variables(): Map<string, Value> {
  const members: Array<[string, Value]> = [
    ['a', 'x'],
    ['n', 5],
    ['big', 12345678901],
    ['d', 1.5],
    ['t', true],
    ['f', false],
    ['list', ['p', 'q', 'r']],
    [
      'map',
      new VtlMap([
        ['k', 'v'],
        ['k2', 'v2'],
      ]),
    ],
    ['empty', ''],
    ['nul', undefined],
  ];
  return new Map<string, Value>([
    ['m', new VtlMap(members)],
    ['s', "Hello 'World'"],
    ['n', 7],
    ['list', ['p', 'q', 'r']],
    ['e', ''],
    ['em', new VtlMap()],
    ['zero', 0],
  ]);
}

const run = (template: string) => render(parseTemplate(template), variables());

test('templates say what Apache Velocity 1.7 was recorded to say of them', () => {
  const said = recorded.map(([template]) => {
    try {
      return [template, run(template as string)];
    } catch (error) {
      expect(error).toMatchObject({ name: 'TemplateError' });
      return [template, null];
    }
  });
  expect(said).toEqual(recorded);
});

test.each([
  ['loops in loops', '#foreach($a in [1..1000])#foreach($b in [1..1000])$a#end#end', 'does too much'],
  ['a macro that calls itself', '#macro(m)#m()#end#m()', 'too deeply'],
  ['a text that doubles', '#set($s = "x")#foreach($i in [1..99])#set($s = "$s$s")#end', 'too long'],
  ['a list that doubles', '#foreach($i in [1..99])#set($r = $list.addAll($list))#end', 'does too much'],
  ['lists of the same lists', '#set($l = [])#foreach($i in [1..99])#set($l = [$l, $l])#end$l', 'too'],
  ['a list in itself', '#set($r = $list.add($list))$list', 'too deeply'],
  ['a number that squares', '#foreach($i in [1..99])#set($n = $n * $n)#end', 'too large'],
  ['a range', '#foreach($i in [1..999999999])#end', 'too long'],
  ['a regular expression', `#set($s = "${'a'.repeat(40)}!")$s.matches("(a+)+")`, 'takes too long'],
  ['brackets in brackets', `#set($x = ${'['.repeat(100_000)}`, 'too deeply'],
])('%s end with an error', (_what, template, fault) => {
  expect(() => run(template)).toThrow(fault);
});

test('a loop ends after a thousand rounds', () => {
  expect(run('#foreach($i in [1..1500])#set($last = $i)#end$last')).toBe('1000');
});

test('nothing of JavaScript’s is reached', () => {
  const names = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'eval', 'call'];
  for (const name of names) {
    for (const base of ['m', 's', 'n', 'list', 'e']) {
      const reference = `$${base}.${name}`;
      expect(run(`${reference} $${base}.${name}("x", "y")`)).toBe(`${reference} ${reference}("x", "y")`);
    }
  }
  expect(run('$m["__proto__"] $m["constructor"]')).toBe('$m["__proto__"] $m["constructor"]');
  run('#set($m.__proto__ = {"polluted": 1})#set($m["constructor"] = 1)#set($x = {"__proto__": {"polluted": 1}})$x');
  expect({}).not.toHaveProperty('polluted');
});

describe('what API Gateway gives to templates', () => {
  const body = `{"text": "it's \\"so\\"", "n": 1.0, "big": 12345678901234567890, "exp": 1e3, "price": 9.50, "no": null,
    "list": [{"a": 1}, {"a": 2}], "o": {"a-b": "c", "x": [1, {"y": 2}]}, "code": "#set($x = 1)$x", "__proto__": 5}`;
  const visit = {
    request: {
      method: 'POST',
      url: new URL('http://127.0.0.1:1/live/things/a%20b?q=1&q=2&e=%26'),
      headers: { 'x-own': 'v', host: '127.0.0.1:1' },
      rawHeaders: ['X-Own', 'v', 'Host', '127.0.0.1:1'],
      body: Buffer.from(body),
      protocol: 'HTTP/1.1',
      sourceIp: '127.0.0.1',
    },
    api: { id: 'api1', name: 'Api', rootResourceId: 'root', binaryMediaTypes: [] },
    match: {
      resourceId: 'r',
      resourcePath: '/things/{id}',
      pathParameters: { id: 'a%20b' },
      method: { integration: { type: 'NOT_RUN', reason: '' }, authorization: { type: 'NONE' } },
    },
    stage: { name: 'live', deploymentId: 'd', variables: { shop: 'north' } },
    requestId: 'r1',
    trace: undefined,
    waits: () => {},
    identity: { accountId: '123456789012', region: 'us-east-1', accessKeyId: 'k', secretAccessKey: 's' },
    now: 0,
  } satisfies RestVisit;
  const mapped = (template: string, text = body) => new Mapping(visit).run(parseTemplate(template), text);

  test.each([
    ["$input.json('$.text') $input.path('$.text')", `"it's \\"so\\"" it's "so"`],
    [
      "$input.json('$.n') $input.json('$.big') $input.json('$.exp') $input.json('$.price')",
      '1.0 12345678901234567890 1000.0 9.5',
    ],
    ["$input.json('$.no') [$input.path('$.no')] $input.json('$.none') [$input.path('$.none')]", 'null [] "" []'],
    [
      "$input.path('$.list') $input.path('$').o $input.json('$.o')",
      '[{"a":1},{"a":2}] {a-b=c, x=[1,{"y":2}]} {"a-b":"c","x":[1,{"y":2}]}',
    ],
    [
      "$input.path('$.list[*].a') $input.path('$.list').size() $input.path('$.list[1].a') $input.path('o.x[0]')",
      '[1,2] 2 2 1',
    ],
    ["$input.path('$').o.get('a-b') [$input.path('$').nothing] #if($input.path('$').nothing)true#end", 'c [] true'],
    ["#if($input.path('$').no)#else no#end#if($input.path('$').nothing == '')empty#end", ' noempty'],
    ["#foreach($i in $input.path('$.list'))$i.a#if($foreach.hasNext),#end#end", '1,2'],
    ["#set($r = $input.path('$.o').put('z', 1))$input.path('$.o').z", '1'],
    // What a request says is never a template.
    [
      '$input.path(\'$.code\') #set($c = $input.path(\'$.code\'))$c "$c" #set($d = "$c")$d',
      '#set($x = 1)$x#set($x = 1)$x "#set($x = 1)$x" #set($x = 1)$x',
    ],
    [
      "$input.params('id') $input.params('q') $input.params('e') $input.params('X-Own') [$input.params('none')]",
      'a b 2 & v []',
    ],
    ["$input.params().path $input.params().querystring.q [$input.params().header.get('none')]", '{id=a b} 2 []'],
    ['$stageVariables.shop [$stageVariables.none] ${stageVariables["shop"]}', 'north [] north'],
    [
      '$context.stage $context.identity.sourceIp [$context.authorizer.claims.sub] $context.httpMethod $context.apiId',
      'live 127.0.0.1 [] POST api1',
    ],
    [
      '$util.escapeJavaScript("a\'b/ü") $util.escapeJavaScript($input.path("$.text"))',
      'a\\\'b\\/\\u00FC it\\\'s \\"so\\"',
    ],
    [
      '$util.urlEncode("a b&ü*~") $util.urlDecode("a+b%26%C3%BC") $util.base64Encode("ü") $util.base64Decode("w7w=")',
      'a+b%26%C3%BC*%7E a b&ü w7w= ü',
    ],
    ['$util.parseJson(\'{"a": [1, 2.0]}\').a[1] $util.none() $input.none $none', '2.0 $util.none() $input.none $none'],
  ])('%s', (template, text) => {
    expect(mapped(template)).toBe(text);
  });

  test('no body is an empty object, and what is no JSON may be passed on, but not read', () => {
    expect(mapped("$input.body $input.json('$')", '')).toBe('{} {}');
    expect(mapped('$input.body', 'plain')).toBe('plain');
    expect(() => mapped("$input.json('$')", 'plain')).toThrow(expect.objectContaining({ name: 'NotJson' }));
    expect(() => mapped("$input.path('$[')")).toThrow('Invalid JSONPath');
    expect(() => mapped("$util.parseJson('no')")).toThrow('$util.parseJson');
  });

  test('requests are overridden by place and name, each once', () => {
    const mapping = new Mapping(visit);
    mapping.run(
      parseTemplate(
        '#set($context.requestOverride.header.a = "1")#set($context.requestOverride.header["b-c"] = ["2", 3])#set($context.requestOverride.path.p = $context.stage)',
      ),
      '',
    );
    expect([...mapping.requestOverrides('header')]).toEqual([
      ['a', ['1']],
      ['b-c', ['2', '3']],
    ]);
    expect([...mapping.requestOverrides('path')]).toEqual([['p', ['live']]]);
    expect([...mapping.requestOverrides('querystring')]).toEqual([]);
    expect(() => mapping.run(parseTemplate('#set($context.requestOverride.header.a = "1")'), '')).toThrow('set twice');
  });
});
