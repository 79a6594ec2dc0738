import type { Json, JsonObject } from './json';

/** What an expression can see, in either query language. */
export interface Scope {
  /** `$` in JSONPath, `$states.input` in JSONata. */
  readonly input: Json;
  /** `$$` in JSONPath, `$states.context` in JSONata: the context object. */
  readonly context: JsonObject;
  /** `$name` in both: the variables visible here, outer scopes included. */
  readonly variables: Readonly<JsonObject>;
  /** The only source of randomness ($random, States.MathRandom, States.UUID): comes with the stimulus. */
  readonly random: () => number;
  readonly uuid: () => string;
}
