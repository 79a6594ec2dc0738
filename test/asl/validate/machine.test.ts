import type { JsonObject } from '../../../local/asl/json';
import { invalidDefinitionMessage, validateDefinition } from '../../../local/asl/validate';
import { diagnose, findings } from './machine';

const end = { Type: 'Pass', End: true };
const to = (name: string): JsonObject => ({ Type: 'Pass', Next: name });
/** Every diagnostic as `CODE message @location`. */
const all = (machine: JsonObject): string[] =>
  diagnose(machine).map(({ code, message, location }) => `${code} ${message} @${location}`);

describe('text that is no definition', () => {
  test.each(['', ' ', '[]', '"text"', '5', 'null'])('%j is not an object', (text) => {
    expect(validateDefinition(text)).toEqual({
      result: 'FAIL',
      diagnostics: [
        { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message: 'Definition must be a valid JSON object' },
      ],
    });
  });

  test.each([
    [
      'hello world',
      "Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
      6,
    ],
    ["{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 1, 3],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 1, 7],
    ['{"a": 1\n "b": 2}', `Unexpected character ('"' (code 34)): was expecting comma to separate Object entries`, 2, 3],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 5],
    [
      '[1,]',
      "Unexpected character (']' (code 93)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
      5,
    ],
    ['{"a": "\\x"}', "Unrecognized character escape 'x' (code 120)", 1, 10],
    [
      '{"a": "\n"}',
      'Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value',
      1,
      9,
    ],
    ['{"a": 01}', 'Invalid numeric value: Leading zeroes not allowed', 1, 9],
    ['{} x', "Unexpected character ('x' (code 120)): was expecting the end of the document", 1, 5],
  ])('%j breaks where the parser of AWS says', (text, message, line, column) => {
    const source = `[Source: (String)"${text}"; line: ${line}, column: ${column}]`;
    expect(validateDefinition(text)).toEqual({
      result: 'FAIL',
      diagnostics: [
        {
          severity: 'ERROR',
          code: 'INVALID_JSON_DESCRIPTION',
          message: `${message}\n at ${source}`,
          location: source,
          line,
        },
      ],
    });
  });

  test('an end too early names what was open', () => {
    expect(validateDefinition('{"States": [').diagnostics[0]?.message).toContain(
      'Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"{"States": ["; line: 1, column: 12])',
    );
  });

  test('depth and size are limited', () => {
    expect(validateDefinition('['.repeat(100_000)).diagnostics[0]?.message).toContain(
      'Document nesting depth (1001) exceeds',
    );
    const padded = JSON.stringify({ StartAt: 'A', States: { A: end }, Comment: 'x'.repeat(1_048_576) });
    expect(validateDefinition(padded).diagnostics[0]?.message).toBe(
      'Definition must not be longer than 1048576 characters',
    );
  });
});

describe('the machine', () => {
  test.each<[JsonObject, string]>([
    [{}, 'These fields are required: [States, StartAt] @/'],
    [{ StartAt: 'A' }, 'These fields are required: [States] @/'],
    [{ States: { A: end } }, 'These fields are required: [StartAt] @/'],
    [{ StartAt: 'A', States: {} }, 'Value cannot be empty @/States'],
    [{ StartAt: 'A', States: [end] }, 'Expected value of type Object @/States'],
    [{ StartAt: 'A', States: { A: end }, Startat: 'A' }, "Field 'Startat' is not supported @/"],
    [{ StartAt: 'A', States: { A: end }, Version: '2.0' }, 'Value should be one of the following: [1.0] @/Version'],
    [{ StartAt: 'A', States: { A: end }, TimeoutSeconds: 0 }, 'Minimum value is 1 @/TimeoutSeconds'],
  ])('%j', (machine, finding) => {
    expect(findings(machine)).toEqual([finding]);
  });

  test('faults of all states are reported at once, each with its line', () => {
    const text =
      '{\n"StartAt": "A",\n"States": {\n"A": {"Type": "Pass",\n"Next": 5},\n"B": {"Type": "Wait", "End": true,\n"Seconds": -1}}}';
    expect(validateDefinition(text).diagnostics.map(({ location, line }) => [location, line])).toEqual([
      ['/States/A/Next', 5],
      ['/States/B/Seconds', 7],
    ]);
  });

  test('the refusal names every error and no warning', () => {
    const machine = {
      StartAt: 'A',
      States: { A: { ...end, Nope: 1, Parameters: { a: '$.b' } }, B: { Type: 'Task', End: true } },
    };
    expect(invalidDefinitionMessage(diagnose(machine))).toBe(
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Field 'Nope' is not supported at /States/A, SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/B'",
    );
    expect(invalidDefinitionMessage(diagnose({ StartAt: 'A', States: { A: to('A') } }))).toBe(
      "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state at null'",
    );
  });
});

describe('the graph', () => {
  const missing = (name: string, at: string): string =>
    `MISSING_TRANSITION_TARGET Missing 'Next' target: ${name} @${at}`;
  const unreachable = (name: string, at: string): string =>
    `MISSING_TRANSITION_TARGET State "${name}" is not reachable. @${at}`;
  const NO_END = 'MISSING_END_STATE Workflow has no terminal state @undefined';
  const task = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work' };

  test.each<[string, JsonObject, string[]]>([
    [
      'a start that is not there',
      { StartAt: 'X', States: { A: end } },
      [missing('X', '/StartAt'), unreachable('A', '/States/A')],
    ],
    ['a target that is not there', { StartAt: 'A', States: { A: to('X') } }, [missing('X', '/States/A/Next'), NO_END]],
    ['a loop', { StartAt: 'A', States: { A: to('B'), B: to('A') } }, [NO_END]],
    ['a loop that hides more', { StartAt: 'A', States: { A: to('B'), B: to('A'), C: to('A') } }, [NO_END]],
    ['a lost end', { StartAt: 'A', States: { A: to('A'), C: end } }, [unreachable('C', '/States/C')]],
    [
      'targets of rules, of the default and of catchers',
      {
        StartAt: 'C',
        States: {
          C: {
            Type: 'Choice',
            Choices: [
              { Variable: '$.a', IsNull: true, Next: 'X' },
              { Variable: '$.a', IsNull: true, Next: 'T' },
            ],
            Default: 'Y',
          },
          T: { ...task, End: true, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }] },
        },
      },
      [
        missing('X', '/States/C/Choices[0]/Next'),
        missing('Y', '/States/C/Default'),
        missing('Z', '/States/T/Catch[0]/Next'),
      ],
    ],
    [
      'a way out of a branch',
      {
        StartAt: 'P',
        States: { P: { Type: 'Parallel', End: true, Branches: [{ StartAt: 'I', States: { I: to('After') } }] } },
      },
      [
        missing('After', '/States/P/Branches[0]/States/I/Next'),
        'MISSING_END_STATE Block has no terminal state @/States/P/Branches[0]',
      ],
    ],
    [
      'a lost state in a branch',
      {
        StartAt: 'P',
        States: { P: { Type: 'Parallel', End: true, Branches: [{ StartAt: 'I', States: { I: end, J: end } }] } },
      },
      [unreachable('J', '/States/P/Branches[0]/States/J')],
    ],
  ])('%s', (_, machine, expected) => {
    expect(all(machine)).toEqual(expected);
  });

  test('a branch that never ends is a warning', () => {
    const branch = { StartAt: 'I', States: { I: to('I') } };
    expect(
      validateDefinition(
        JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Parallel', End: true, Branches: [branch] } } }),
      ),
    ).toMatchObject({
      result: 'OK',
      diagnostics: [{ severity: 'WARNING', code: 'MISSING_END_STATE', location: '/States/P/Branches[0]' }],
    });
  });

  test('what follows from another fault is not reported as well', () => {
    expect(all({ StartAt: 'A', States: { A: { Type: 'Pass', Nxt: 'B' }, B: end } }).join()).not.toContain('reachable');
  });
});

describe('names', () => {
  const nested = (name: string): JsonObject => ({
    StartAt: 'P',
    States: { P: { Type: 'Parallel', End: true, Branches: [{ StartAt: name, States: { [name]: end } }] } },
  });

  test('a state has at most 80 characters', () => {
    expect(all(nested('x'.repeat(80)))).toEqual([]);
    expect(diagnose(nested('x'.repeat(81)))).toMatchObject([{ code: 'INVALID_STATE_NAME' }]);
  });

  test('a name belongs to one state of the whole machine', () => {
    expect(all(nested('P'))).toEqual(['DUPLICATE_STATE_NAME Duplicate State name: P @/States/P/Branches[0]/States/P']);
  });

  test('a state that is written twice is not lost in silence', () => {
    const text = '{"StartAt": "A", "States": {"A": {"Type": "Fail"},\n"A": {"Type": "Succeed"}}}';
    expect(validateDefinition(text)).toMatchObject({
      result: 'FAIL',
      diagnostics: [{ code: 'DUPLICATE_STATE_NAME', location: '/States/A' }],
    });
  });

  test('a field that is written twice is a warning', () => {
    const text = '{"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "x", "Error": "y"}}}';
    expect(validateDefinition(text)).toMatchObject({
      result: 'OK',
      diagnostics: [{ code: 'DUPLICATE_FIELD', location: '/States/A/Error' }],
    });
  });

  test.each([
    ['states', "RESERVED_VARIABLE_NAME Cannot assign to reserved variable '$states'. @/States/A/Assign"],
    [
      '1st',
      "INVALID_VARIABLE_NAME Invalid variable name '1st': the variable name contains invalid characters. @/States/A/Assign",
    ],
    [
      'a-b',
      "INVALID_VARIABLE_NAME Invalid variable name 'a-b': the variable name contains invalid characters. @/States/A/Assign",
    ],
    [
      'x'.repeat(81),
      `INVALID_VARIABLE_NAME Invalid variable name '${'x'.repeat(81)}': the variable name is longer than 80 characters. @/States/A/Assign`,
    ],
  ])('variable %s', (name, finding) => {
    expect(all({ StartAt: 'A', States: { A: { ...end, Assign: { [name]: 1 } } } })).toEqual([finding]);
    expect(all({ StartAt: 'A', States: { A: { ...end, Assign: { [`${name}.$`]: '$.a' } } } })).toEqual([finding]);
  });

  test('a variable of an outer scope, set again in an inner one, is a warning', () => {
    const machine = nested('I') as { States: { P: JsonObject } };
    const inner = { StartAt: 'I', States: { I: { ...end, Assign: { 'total.$': '$' } } } };
    machine.States.P = { ...machine.States.P, Branches: [inner], Assign: { total: 1 } };
    expect(diagnose(machine as JsonObject)).toMatchObject([
      { severity: 'WARNING', code: 'DUPLICATE_VARIABLE_NAME', location: '/States/P/Branches[0]/States/I/Assign' },
    ]);
  });
});

describe('warnings', () => {
  test.each<[JsonObject, string]>([
    [{ Parameters: { id: '$.order.id' } }, 'NO_DOLLAR'],
    [{ Parameters: { deep: [{ id: 'States.UUID()' }] } }, 'NO_DOLLAR'],
    [{ Result: { 'id.$': '$.order.id' } }, 'PASS_RESULT_IS_STATIC'],
    [{ Parameters: { 'sum.$': 'States.Array(States.MathAdd(1))' } }, 'INVALID_INTRINSIC_ARGUMENTS'],
  ])('%j: %s', (fields, code) => {
    const text = JSON.stringify({ StartAt: 'A', States: { A: { ...end, ...fields } } });
    expect(validateDefinition(text)).toMatchObject({ result: 'OK', diagnostics: [{ severity: 'WARNING', code }] });
  });

  test('prices and words are no paths', () => {
    expect(
      diagnose({ StartAt: 'A', States: { A: { ...end, Parameters: { price: '$5', word: 'States.ALL' } } } }),
    ).toEqual([]);
  });
});
