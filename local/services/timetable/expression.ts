import { parseCron } from './cron';
import { fromWall } from './zone';

/** A schedule expression, read. */
export interface Schedule {
  readonly kind: 'rate' | 'cron' | 'at';
  /**
   * The first occurrence after `after`; undefined when there is none any more. A rate counts from `anchor`, which is an
   * occurrence itself. All in virtual ms since the epoch.
   */
  next(after: number, anchor: number): number | undefined;
}

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2026-01-31T09:00:00)`, the latter two in a time zone.
 * Undefined when it is none of them.
 */
export function parseExpression(text: string, zone = 'UTC'): Schedule | undefined {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text.trim()) ?? [];
  switch (kind) {
    case 'rate': {
      const [, count, unit = '', plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(inner) ?? [];
      if ((count === '1') === (plural === 's')) return undefined;
      const interval = Number(count) * (UNITS[unit] ?? 0);
      const next = (after: number, anchor: number) =>
        after < anchor ? anchor : anchor + (Math.floor((after - anchor) / interval) + 1) * interval;
      return { kind, next };
    }
    case 'cron': {
      const cron = parseCron(inner);
      return cron && { kind, next: (after) => cron.next(after, zone) };
    }
    case 'at': {
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) return undefined;
      const wall = Date.parse(`${inner}Z`);
      if (Number.isNaN(wall)) return undefined;
      // A wall time that clocks skip is taken as if they had not been changed yet.
      const at = fromWall(wall, zone) ?? (fromWall(wall - 3_600_000, zone) ?? wall) + 3_600_000;
      return { kind, next: (after) => (after < at ? at : undefined) };
    }
    default:
      return undefined;
  }
}
