/** Whether Step Functions says of a token that its task was answered, timed out or ended with its execution. */
export function isTaskOver(error: unknown): error is Error {
  return error instanceof Error && ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes(error.name);
}
