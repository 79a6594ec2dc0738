import { isObject, type Json } from '../asl/json';
import { referencesOf } from './intrinsics';

/**
 * Owns what of one stack is not run, and finds it in what refers to it: directly, through the exports of other stacks, through the
 * parameters of this one, and through the outputs of those nested in it. It goes by its logical id wherever it is found.
 */
export class Absences {
  /** By logical ids, parameters, and outputs of nested stacks ('Nested.Outputs.Url'). */
  readonly #found: Map<string, string>;

  /**
   * @param exports what is not run by the names under which stacks export it
   * @param parameters what is not run by the parameters that tell of it
   */
  constructor(
    private readonly exports: ReadonlyMap<string, string>,
    parameters: ReadonlyMap<string, string>,
  ) {
    this.#found = new Map(parameters);
  }

  add(logicalId: string): void {
    this.#found.set(logicalId, logicalId);
  }

  /** @param outputs what is not run by the outputs, of the stack nested here, that tell of it */
  addOutputs(logicalId: string, outputs: ReadonlyMap<string, string>): void {
    for (const [output, missing] of outputs) this.#found.set(`${logicalId}.Outputs.${output}`, missing);
  }

  has(logicalId: string): boolean {
    return this.#found.has(logicalId);
  }

  /** Logical ids of what is not run among the things that a value refers to. */
  in(value: Json): string[] {
    const { logicalIds, attributes, imports } = referencesOf(value);
    return [
      ...[...logicalIds, ...attributes].flatMap((key) => this.#found.get(key) ?? []),
      ...[...imports].flatMap((name) => this.exports.get(name) ?? []),
    ];
  }

  /** By the names of an object's members: the first of what is not run that each refers to. */
  inMembers(members: Json = {}): Map<string, string> {
    const missing = new Map<string, string>();
    for (const [name, value] of Object.entries(isObject(members) ? members : {})) {
      const [first] = this.in(value);
      if (first !== undefined) missing.set(name, first);
    }
    return missing;
  }
}
