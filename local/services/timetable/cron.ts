import { DAY_MS, fromWall, toWall } from './zone';

/**
 * Owns AWS's cron expressions: six fields, minutes to year
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html). Days of the week count from
 * 1 = SUN; one of the two day fields is '?'.
 *
 * In a time zone, an occurrence in the hour that is skipped in spring is left out, and one in the hour that is repeated
 * in autumn happens once, at its first time.
 */
export interface Cron {
  /** The first occurrence after `after` (ms since the epoch); undefined when there is none until 2199. */
  next(after: number, zone: string): number | undefined;
}

/** Reads the six fields. Undefined when they are no cron expression. */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().toUpperCase().split(/\s+/);
  const [minute = '', hour = '', date = '', month = '', weekday = '', year = ''] = fields;
  const minutes = values(minute, 0, 59);
  const hours = values(hour, 0, 23);
  const months = values(month, 1, 12, MONTHS);
  const years = values(year, 1970, LAST_YEAR);
  const day = weekday === '?' ? dayOfMonth(date) : date === '?' ? dayOfWeek(weekday) : undefined;
  if (fields.length !== 6 || !minutes || !hours || !months || !years || !day) return undefined;
  const times = hours.flatMap((h) => minutes.map((m) => (h * 60 + m) * 60_000));
  const isDay = (at: Date) => months.includes(at.getUTCMonth() + 1) && years.includes(at.getUTCFullYear()) && day(at);
  return {
    next(after, zone) {
      const from = toWall(after, zone);
      const end = Date.UTC(Math.min(LAST_YEAR, Math.max(...years)) + 1, 0, 1);
      for (let midnight = Math.floor(from / DAY_MS) * DAY_MS; midnight < end; midnight += DAY_MS) {
        if (!isDay(new Date(midnight))) continue;
        for (const time of times) {
          if (midnight + time <= from) continue;
          const utc = fromWall(midnight + time, zone);
          if (utc !== undefined && utc > after) return utc;
        }
      }
      return undefined;
    },
  };
}

const LAST_YEAR = 2199;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Whether a date (midnight UTC of it) is meant. */
type DayTest = (date: Date) => boolean;

/** The values of 'a', 'a-b', 'a/n', 'a-b/n', '*' and lists of them, ascending; undefined when it is none of these. */
function values(field: string, least: number, most: number, names: readonly string[] = []): number[] | undefined {
  const found = new Set<number>();
  const number = (text: string) =>
    names.includes(text) ? names.indexOf(text) + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  for (const part of field.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [low = '', high] = range.split('-', 2);
    const from = low === '*' ? least : number(low);
    const to = high !== undefined ? number(high) : low === '*' || step !== undefined ? most : from;
    if (!(from >= least && to <= most && from <= to) || step === '0') return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function dayOfMonth(field: string): DayTest | undefined {
  if (field === 'L') return (date) => date.getUTCDate() === lengthOfMonth(date);
  if (field === 'LW') return (date) => date.getUTCDate() === nearestWeekday(date, lengthOfMonth(date));
  const nearest = /^(\d{1,2})W$/.exec(field);
  if (nearest) {
    const wanted = Number(nearest[1]);
    if (wanted < 1 || wanted > 31) return undefined;
    return (date) => wanted <= lengthOfMonth(date) && date.getUTCDate() === nearestWeekday(date, wanted);
  }
  const days = values(field, 1, 31);
  return days && ((date) => days.includes(date.getUTCDate()));
}

function dayOfWeek(field: string): DayTest | undefined {
  const weekday = (date: Date) => date.getUTCDay() + 1;
  if (field === 'L') return (date) => weekday(date) === 7;
  const [, day = '', form = '', count] = /^(\w+?)(L|#([1-5]))$/.exec(field) ?? [];
  if (form) {
    const wanted = values(day, 1, 7, WEEKDAYS)?.[0];
    if (wanted === undefined) return undefined;
    const isWanted: DayTest =
      form === 'L'
        ? (date) => date.getUTCDate() > lengthOfMonth(date) - 7
        : (date) => Math.ceil(date.getUTCDate() / 7) === Number(count);
    return (date) => weekday(date) === wanted && isWanted(date);
  }
  const days = values(field, 1, 7, WEEKDAYS);
  return days && ((date) => days.includes(weekday(date)));
}

function lengthOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The weekday nearest to a day of the date's month, within the month. */
function nearestWeekday(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday === 0) return day < lengthOfMonth(date) ? day + 1 : day - 2;
  return day;
}
