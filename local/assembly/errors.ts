/** A cloud assembly that cannot be read or deployed; the message is one sentence that names the file or resource. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/** A data directory whose files are not what they should be. See also `StoreError`, for the store in it. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/** The reason in an unknown error, as one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
