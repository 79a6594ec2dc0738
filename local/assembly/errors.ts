/** A cloud assembly that cannot be read or deployed; the message is one sentence that names the file or resource. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/** What a template names by bucket and key is none of its stack's assets. */
export class NoAssetError extends AssemblyError {}

/** A data directory whose files are not what they should be. See also `StoreError`, for the store in it. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/** The reason in an unknown error, as one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
