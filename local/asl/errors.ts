/**
 * An error of the language: what evaluating a path, a template, an intrinsic function or an expression raises. `error`
 * is the States.* name that Retry and Catch see; `message` is AWS's own text without the sentence that says where it
 * happened ("An error occurred while executing the state …"), which the engine puts in front.
 */
export class StatesError extends Error {
  override readonly name = 'StatesError';
  constructor(
    readonly error: string,
    message: string,
  ) {
    super(message);
  }
}
