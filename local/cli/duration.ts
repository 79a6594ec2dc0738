import { UsageError } from './command';

const UNITS: Readonly<Record<string, number>> = {
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/**
 * The milliseconds of '14d', '3h30m', '1w', '90s'.
 * @throws UsageError for anything else, and for more than `LONGEST_DAYS`
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
  const milliseconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] as number),
    0,
  );
  const whole = parts.map(([part]) => part).join('') === text;
  if (!whole || parts.length === 0) {
    throw new UsageError(`'${text}' is not a duration: write 14d, 3h30m, 1w or 90s, in whole numbers and one word.`);
  }
  if (milliseconds > LONGEST_DAYS * 86_400_000) {
    throw new UsageError(`'${text}' is too long: at most ten years (${LONGEST_DAYS}d) at once.`);
  }
  return milliseconds;
}

/** Ten years: longer than any workflow lives, and dates stay dates. */
const LONGEST_DAYS = 3_650;
