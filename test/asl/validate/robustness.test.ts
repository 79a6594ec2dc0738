import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../../local/asl/json';
import { validateDefinition } from '../../../local/asl/validate';
import { anyText } from '../../any-text';

/** A definition with every type of state, in both languages. */
const sample: JsonObject = {
  Comment: 'sample',
  StartAt: 'Register',
  TimeoutSeconds: 600,
  States: {
    Register: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        'FunctionName.$': "States.Format('{}', $.name)",
        Payload: { Fixed: [1, { 'x.$': '$.y[?(@.z)]' }] },
      },
      ResultSelector: { 'id.$': '$.id' },
      ResultPath: '$.registered',
      TimeoutSeconds: 60,
      Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
      Next: 'Decide',
    },
    Decide: {
      Type: 'Choice',
      Choices: [
        {
          And: [{ Variable: '$.a', NumericGreaterThan: 1 }, { Not: { Variable: '$.b', IsPresent: true } }],
          Next: 'Both',
        },
      ],
      Default: 'Pause',
    },
    Both: {
      Type: 'Parallel',
      QueryLanguage: 'JSONata',
      Arguments: { a: '{% $states.input.a[b > 1].{ "c": d } %}' },
      Branches: [{ StartAt: 'One', States: { One: { Type: 'Pass', Result: 1, End: true } } }],
      Assign: { total: '{% $states.result[0] %}' },
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      MaxConcurrency: 3,
      ItemProcessor: { StartAt: 'Item', States: { Item: { Type: 'Succeed' } } },
      Next: 'Pause',
    },
    Pause: { Type: 'Wait', TimestampPath: '$.until', Next: 'Done' },
    Done: { Type: 'Succeed' },
    Failed: { Type: 'Fail', Error: 'Failed', CausePath: '$.cause' },
  },
};

/** Every value in a document, by the steps that lead to it. */
function pathsIn(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, child]) =>
      pathsIn(child, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replaced(document: Json, path: (string | number)[], value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  const copy = structuredClone(document) as { [key: string | number]: Json };
  if (rest.length > 0 || value !== undefined) copy[key] = replaced(copy[key] as Json, rest, value);
  else delete copy[key];
  return copy as Json;
}

function expectAnswer(text: string): void {
  for (const type of ['STANDARD', 'EXPRESS'] as const) {
    const { result, diagnostics } = validateDefinition(text, { type });
    expect(result).toBe(diagnostics.some(({ severity }) => severity === 'ERROR') ? 'FAIL' : 'OK');
    expect(diagnostics.every(({ code, message }) => code !== '' && message !== '')).toBe(true);
  }
}

test('the sample is valid', () => {
  expect(validateDefinition(JSON.stringify(sample))).toEqual({ result: 'OK', diagnostics: [] });
});

test('any text gets an answer', () => {
  fc.assert(fc.property(anyText(), expectAnswer));
});

test('any JSON gets an answer, and JSON that can be parsed is never called broken', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expectAnswer(text);
      expect(validateDefinition(text).diagnostics.map(({ code }) => code)).not.toContain('INVALID_JSON_DESCRIPTION');
    }),
  );
});

test('text that cannot be parsed is always called broken', () => {
  const whole = JSON.stringify(sample);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.constantFrom('', '}', '"', '\\', ',', '\u0000', 'x'), (at, intruder) => {
      const text = whole.slice(0, at) + intruder + whole.slice(at + 1);
      const broken = validateDefinition(text).diagnostics.some(({ code }) => code === 'INVALID_JSON_DESCRIPTION');
      expect(broken).toBe(!parses(text));
    }),
    { numRuns: 200 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('a definition with anything in the place of any of its values gets an answer', () => {
  const intruder = fc.oneof(
    fc.constant(undefined),
    fc.jsonValue() as fc.Arbitrary<Json>,
    fc.constantFrom<Json>(
      '{% $a[ %}',
      '{% %}',
      '{%',
      '$',
      '$..',
      'States.Format(',
      '',
      -1,
      1.5,
      [],
      {},
      null,
      true,
      'States.ALL',
      '__proto__',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...pathsIn(sample).slice(1)), intruder, (path, value) => {
      expectAnswer(JSON.stringify(replaced(sample, path, value)));
    }),
    { numRuns: 250 },
  );
});
