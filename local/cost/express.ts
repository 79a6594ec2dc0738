import type { Usage } from './usage';

/**
 * Owns what an Express execution is billed (aws.amazon.com/step-functions/pricing): a request, and its duration rounded
 * up to 100 ms times the memory it uses rounded up to 64 MB. Memory is estimated as AWS says: 50 MB, the definition, and
 * the data once for each Parallel or Map step.
 */
export interface ExpressSize {
  readonly definitionBytes: number;
  readonly dataBytes: number;
  readonly branches: number;
}

const MB = 1024 * 1024;
const LONGEST_MS = 5 * 60 * 1000;

export function expressMemoryMb({ definitionBytes, dataBytes, branches }: ExpressSize): number {
  const used = 50 + (definitionBytes + dataBytes * Math.max(1, branches)) / MB;
  return Math.ceil(used / 64) * 64;
}

/** @param ms how long the execution took */
export function usageOfExpress(ms: number, size: ExpressSize): Usage {
  const billedMs = Math.max(1, Math.ceil(ms / 100)) * 100;
  return { 'states.express': 1, 'states.express.gbs': (billedMs / 1000) * (expressMemoryMb(size) / 1024) };
}

/** Whether Express allows so long an execution. */
export function fitsExpress(ms: number): boolean {
  return ms <= LONGEST_MS;
}
