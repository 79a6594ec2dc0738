import type { JsonataScope } from '../../local/asl/jsonata';
import { fillExpressions, fillTemplate } from '../../local/asl/template';

const scope: JsonataScope = {
  input: { a: 1, list: [1, 2], deep: { b: 'x' } },
  context: { Execution: { Name: 'run' } },
  variables: { v: { w: 2 } },
  states: { input: { a: 1 } },
  now: 0,
  random: () => 0.5,
  uuid: () => 'id',
};

describe('a JSONPath template', () => {
  it('fills the fields whose names end in .$', () => {
    const template = {
      'a.$': '$.a',
      'who.$': '$$.Execution.Name',
      'w.$': '$v.w',
      'made.$': "States.Format('{}-{}', $.a, $.deep.b)",
      list: [{ 'x.$': '$.list[1]' }, '$.a', 5],
      text: '$.a',
    };
    expect(fillTemplate(template, scope)).toEqual({
      a: 1,
      who: 'run',
      w: 2,
      made: '1-x',
      list: [{ x: 2 }, '$.a', 5],
      text: '$.a',
    });
  });

  it('shares what is constant', () => {
    const constant = { deep: [{ x: 1 }] };
    expect(fillTemplate(constant, scope)).toBe(constant);
    expect(fillTemplate({ constant, 'a.$': '$.a' }, scope)).toMatchObject({ constant });
    expect((fillTemplate({ constant, 'a.$': '$.a' }, scope) as Record<string, unknown>).constant).toBe(constant);
  });

  it('keeps the order of its fields', () => {
    expect(Object.keys(fillTemplate({ z: 1, 'b.$': '$.a', a: 2 }, scope) as object)).toEqual(['z', 'b', 'a']);
  });

  it('names the field that leads nowhere', () => {
    expect(() => fillTemplate({ x: { 'y.$': '$.no' } }, scope)).toThrow(
      "The JSONPath '$.no' specified for the field 'y.$' could not be found in the input",
    );
  });

  it('makes a field called __proto__ a field', () => {
    const filled = fillTemplate(JSON.parse('{"__proto__.$":"$.a"}'), scope) as object;
    expect(Object.getOwnPropertyDescriptor(filled, '__proto__')?.value).toBe(1);
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
  });
});

describe('a JSONata template', () => {
  it('evaluates the strings that are expressions, wherever they are', async () => {
    const template = { a: ['{% $states.input.a %}', ' {% 1 %}'], 'b.$': '$.a', c: { d: '{% $v.w %}' } };
    expect(await fillExpressions(template, scope, 'Output')).toEqual({ a: [1, ' {% 1 %}'], 'b.$': '$.a', c: { d: 2 } });
  });

  it('without expressions is answered at once, as it is', () => {
    const constant = { a: [1, 'x'] };
    expect(fillExpressions(constant, scope, 'Output')).toBe(constant);
  });

  it('says where an expression failed', async () => {
    await expect(fillExpressions({ a: [0, { b: '{% $no %}' }] }, scope, 'Output')).rejects.toMatchObject({
      location: 'Output/a[1]/b',
    });
  });
});
