/** A port that another program listens on. */
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
