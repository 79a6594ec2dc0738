/**
 * Owns days as a library counts them: calendar days in its own time zone, 'YYYY-MM-DD'. A day of summer time has 23 or
 * 25 hours; nothing here adds milliseconds to get from one day to another.
 */
export type Day = string;

const dayMs = 86_400_000;

/** The day on which an instant (ms since the epoch) falls in the zone. */
export function dayOf(ms: number, timeZone: string): Day {
  const { year, month, day } = local(ms, timeZone);
  return `${year}-${month}-${day}`;
}

export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

/** The hour that the zone's clocks show, 0 to 23. */
export function hourOf(ms: number, timeZone: string): number {
  return Number(local(ms, timeZone).hour);
}

/**
 * The instant at which the zone's clocks show this full hour. An hour that the clocks leave out is the first instant
 * after it; of an hour that comes twice it is the first one.
 */
export function instantOf(day: Day, hour: number, timeZone: string): number {
  const asIfUtc = Date.parse(`${day}T${String(hour).padStart(2, '0')}:00:00Z`);
  // The zone's offsets before and after whatever change there is on this day: the instant is asIfUtc less one of them.
  const before = asIfUtc - offsetAt(asIfUtc - dayMs, timeZone);
  const after = asIfUtc - offsetAt(asIfUtc + dayMs, timeZone);
  const exact = [before, after].filter((ms) => ms + offsetAt(ms, timeZone) === asIfUtc);
  if (exact.length > 0) return Math.min(...exact);
  // Left out: the clocks jump at some instant between the two, found to the minute.
  let [low, high] = [Math.min(before, after), Math.max(before, after)];
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000;
    if (middle + offsetAt(middle, timeZone) < asIfUtc) low = middle;
    else high = middle;
  }
  return high;
}

/** '2026-03-12T09:30:00Z' */
export function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** How far the zone's clocks are ahead of UTC at the instant, in ms. */
function offsetAt(ms: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = local(ms, timeZone);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Math.floor(ms / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function local(ms: number, timeZone: string): Record<string, string> {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
}
