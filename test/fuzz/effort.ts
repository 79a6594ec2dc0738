/**
 * How long the fuzzers look: `FUZZ=20 npx jest test/fuzz` makes twenty times the runs of `npm test`. `FUZZ_SEED` repeats
 * a run that failed, with the seed that fast-check printed.
 */
export function runs(few: number): { numRuns: number; seed?: number; endOnFailure: boolean } {
  const { FUZZ = '1', FUZZ_SEED } = process.env;
  return {
    numRuns: Math.round(few * Number(FUZZ)),
    endOnFailure: false,
    ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
  };
}

export const LONG = 30_000 * Math.max(1, Number(process.env.FUZZ ?? 1));
