import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { scanJson } from '../../../asl/validate/json';

/**
 * Owns the mock configuration file of AWS's Step Functions Local: which answers the tasks of a state machine get in a
 * test case (docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html).
 */
export interface MockConfiguration {
  /** Test cases by `<state machine>#<test case>`. */
  readonly testCases: ReadonlyMap<string, TestCase>;
}

/** Answers by the names of states; a state that is not among them calls its service. */
export type TestCase = ReadonlyMap<string, MockedResponse>;

export interface MockedResponse {
  readonly name: string;
  readonly attempts: readonly AttemptRange[];
}

/** What the attempts `first` to `last` of a state answer; 0 is the first, 1 the first retry. */
export interface AttemptRange {
  readonly first: number;
  readonly last: number;
  readonly answer: { readonly result: Json } | { readonly error: string; readonly cause: string };
}

/** What is wrong with a file, a line for each finding. */
export class MockConfigurationError extends Error {
  override readonly name = 'MockConfigurationError';
}

/** @throws MockConfigurationError naming all that is wrong, by its place in the file */
export function parseMockConfiguration(text: string, file: string): MockConfiguration {
  const { problem } = scanJson(text);
  if (problem) throw new MockConfigurationError(`${file}:${problem.line}: ${problem.message}`);
  const reader = new Reader();
  const configuration = reader.configuration(JSON.parse(text));
  if (reader.problems.length === 0) return configuration;
  throw new MockConfigurationError(reader.problems.map((found) => `${file}: ${found}`).join('\n'));
}

/** Reads part by part; what is wrong is noted, and the rest is read all the same. */
class Reader {
  readonly problems: string[] = [];

  configuration(value: Json): MockConfiguration {
    const root = this.#object(value, 'the file');
    for (const name of Object.keys(root)) {
      if (name !== 'StateMachines' && name !== 'MockedResponses') this.#problem(name, 'is not known');
    }
    const responses = new Map<string, MockedResponse>();
    for (const [name, given] of this.#members(root, 'MockedResponses')) {
      responses.set(name, { name, attempts: this.#attempts(given, `MockedResponses.${name}`) });
    }
    const testCases = new Map<string, TestCase>();
    for (const [machine, given] of this.#members(root, 'StateMachines')) {
      const place = `StateMachines.${machine}`;
      const cases = this.#members(this.#object(given, place), 'TestCases', place);
      for (const [name, states] of cases) {
        testCases.set(`${machine}#${name}`, this.#testCase(states, `${place}.TestCases.${name}`, responses));
      }
    }
    return { testCases };
  }

  #testCase(value: Json, place: string, responses: ReadonlyMap<string, MockedResponse>): TestCase {
    const states = new Map<string, MockedResponse>();
    for (const [state, name] of Object.entries(this.#object(value, place))) {
      const response = typeof name === 'string' ? responses.get(name) : undefined;
      if (response) states.set(state, response);
      else if (typeof name === 'string')
        this.#problem(`${place}.${state}`, `names '${name}', which is not in MockedResponses`);
      else this.#problem(`${place}.${state}`, 'must be the name of one of MockedResponses');
    }
    return states;
  }

  #attempts(value: Json, place: string): AttemptRange[] {
    const before = this.problems.length;
    const ranges: AttemptRange[] = [];
    for (const [key, given] of Object.entries(this.#object(value, place))) {
      const answer = this.#answer(given, `${place}.${key}`);
      const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(key) ?? [];
      const [first, last] = [Number(from), Number(to ?? from)];
      if (from === undefined || last < first) {
        this.#problem(`${place}.${key}`, "must be the number of an attempt, from '0', or a range such as '1-2'");
      } else if (ranges.some((range) => first <= range.last && range.first <= last)) {
        this.#problem(`${place}.${key}`, 'has an attempt that has an answer already');
      } else if (answer) ranges.push({ first, last, answer });
    }
    if (Object.keys(isObject(value) ? value : { other: 1 }).length === 0) this.#problem(place, 'has no answer');
    if (this.problems.length === before) this.#requireAll(ranges, place);
    return ranges;
  }

  /** An attempt without an answer would fail only when it is made. */
  #requireAll(ranges: readonly AttemptRange[], place: string): void {
    let next = 0;
    for (const { first, last } of [...ranges].sort((one, other) => one.first - other.first)) {
      if (first > next) {
        const missing = first - 1 === next ? `attempt ${next}` : `attempts ${next}-${first - 1}`;
        this.#problem(place, `has no answer for ${missing}; attempts are numbered from '0', without a gap`);
      }
      next = last + 1;
    }
  }

  #answer(value: Json, place: string): AttemptRange['answer'] | undefined {
    const { Return, Throw, ...others } = this.#object(value, place);
    if (!isObject(value)) return undefined;
    const [other] = Object.keys(others);
    if (other !== undefined) this.#problem(`${place}.${other}`, 'is not known; there are Return and Throw');
    if ((Return === undefined) === (Throw === undefined)) this.#problem(place, "must have either 'Return' or 'Throw'");
    else if (Throw === undefined) return { result: Return as Json };
    else return this.#failure(Throw, `${place}.Throw`);
    return undefined;
  }

  #failure(value: Json, place: string): AttemptRange['answer'] | undefined {
    const { Error: error, Cause: cause = '' } = this.#object(value, place);
    if (typeof error === 'string' && error !== '' && typeof cause === 'string') return { error, cause };
    if (isObject(value)) this.#problem(place, "must have an 'Error', and may have a 'Cause', of type String");
    return undefined;
  }

  /** The members of the object `name` of `parent`, which must be there. */
  #members(parent: JsonObject, name: string, at = ''): Array<[string, Json]> {
    const place = at === '' ? name : `${at}.${name}`;
    const value = parent[name];
    if (value !== undefined) return Object.entries(this.#object(value, place));
    this.#problem(place, 'is missing');
    return [];
  }

  #object(value: Json, place: string): JsonObject {
    if (isObject(value)) return value;
    this.#problem(place, 'must be an object');
    return {};
  }

  #problem(place: string, what: string): void {
    this.problems.push(`${place} ${what}`);
  }
}
