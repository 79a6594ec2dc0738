/**
 * Owns the way between UTC and the wall clock of a time zone. A wall time is held as the UTC milliseconds at which a
 * clock in UTC would show the same.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether this is an IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    return format(zone) !== undefined;
  } catch {
    return false;
  }
}

export function toWall(utc: number, zone: string): number {
  return utc + offset(utc, zone);
}

/** The first instant at which the zone's clocks show `wall`; undefined when they skip it (the hour lost in spring). */
export function fromWall(wall: number, zone: string): number | undefined {
  const around = [offset(wall - DAY_MS, zone), offset(wall + DAY_MS, zone)];
  const instants = around.map((guess) => wall - guess).filter((utc) => toWall(utc, zone) === wall);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}

export const DAY_MS = 86_400_000;

function offset(utc: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const part = Object.fromEntries(
    format(zone)
      .formatToParts(utc)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const wall = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
  return wall - Math.floor(utc / 1000) * 1000;
}

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    const [year, month, day, hour, minute, second] = Array(6).fill('numeric') as 'numeric'[];
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year,
      month,
      day,
      hour,
      minute,
      second,
    });
    formats.set(zone, found);
  }
  return found;
}
