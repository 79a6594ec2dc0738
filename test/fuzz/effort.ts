/**
 * How long the fuzzers look. `npm test` makes a few runs, always the same. `npm run fuzz` makes thirty times as many, each
 * time others (`FUZZ=100 npm run fuzz`: a hundred times); `FUZZ_SEED` repeats one that failed, by the seed that it printed.
 */
export function runs(few: number): { numRuns: number; seed?: number } {
  const { FUZZ, FUZZ_SEED = FUZZ === undefined ? '1' : undefined } = process.env;
  return {
    numRuns: Math.round(few * Number(FUZZ ?? 1)),
    ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
  };
}

export const LONG = 30_000 * Math.max(1, Number(process.env.FUZZ ?? 1));
