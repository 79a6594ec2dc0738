import { StatesError } from '../errors';
import type { Json } from '../json';

/** The text is no JSONPath. `validate` finds these before an execution can meet one. */
export class InvalidPath extends StatesError {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super('States.Runtime', `Invalid path '${path}' : ${reason}`);
  }
}

/**
 * A definite path led nowhere. `message` is the text without a field; AWS has two more, which the engine chooses by the
 * place: `messageFor('x.$')` in payload templates, `invalidPathMessage()` for InputPath, OutputPath and their like.
 */
export class PathNotFound extends StatesError {
  constructor(
    readonly path: string,
    readonly data: Json,
    /** Where the path broke off, in the words of AWS's JSONPath library. */
    readonly reason: string,
  ) {
    super('States.Runtime', `The JSONPath '${path}' could not be found in the input '${JSON.stringify(data)}'`);
  }

  messageFor(field: string): string {
    return `The JSONPath '${this.path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(this.data)}'`;
  }

  invalidPathMessage(): string {
    return `Invalid path '${this.path}' : ${this.reason}`;
  }
}
