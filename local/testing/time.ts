/** Owns how a test says a time: a duration by its parts, an instant by a date. A test's clock only goes forward. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

const MILLISECONDS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 } as const;

/**
 * The milliseconds of a duration.
 * @throws Error when it is less than nothing, or has a part that is unknown or no number
 */
export function millisecondsOf(duration: Duration): number {
  if (typeof duration !== 'object' || duration === null)
    throw new Error(`${duration} is no duration: write it as { days: 3 }.`);
  const parts = Object.entries(duration).map(([unit, count]) => {
    // What jest runs is not always type-checked.
    const factor: number | undefined = MILLISECONDS[unit as keyof Duration];
    if (factor === undefined) throw new Error(`A duration has days, hours, minutes and seconds, and no ${unit}.`);
    if (count !== undefined && !Number.isFinite(count)) throw new Error(`${count} ${unit} is no duration.`);
    return (count ?? 0) * factor;
  });
  const whole = parts.reduce((sum, part) => sum + part, 0);
  if (whole < 0) throw new Error(`Time only goes forward: ${JSON.stringify(duration)} would go back.`);
  return whole;
}

/**
 * The milliseconds since the epoch of `2026-03-30T09:00:00Z`.
 * @throws Error when it is no instant
 */
export function instantOf(text: string): number {
  // A number would be taken for a year.
  const instant = typeof text === 'number' ? Number.NaN : Date.parse(text);
  if (Number.isNaN(instant)) throw new Error(`'${text}' is no instant: write it as 2026-03-30T09:00:00Z.`);
  return instant;
}
