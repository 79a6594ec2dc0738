/** A cloud assembly that cannot be read or deployed; the message is one sentence that names the file or resource. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/** A data directory whose files are not what they should be. See also `StoreError`, for the store in it. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  constructor(
    readonly port: number,
    /** What was to listen there. */
    readonly purpose: string,
  ) {
    super(`Port ${port}, for ${purpose}, is in use by another program.`);
  }
}

/** Runs `listen`; says in a `PortInUseError` what the port was for when another program has it. */
export async function onPort<T>(port: number | undefined, purpose: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortInUseError(port ?? 0, purpose);
    throw error;
  }
}

/** The reason in an unknown error, as one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
