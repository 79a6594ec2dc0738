import type { Cloud } from '../assembly/cloud';
import type { ControlCommands } from '../console/control';

/** What moving the clock brought about. Times are virtual ms since the epoch. */
export interface ClockReport {
  readonly now: number;
  /** When the next timer is due, if there is one. */
  readonly nextDue?: number;
  /** Mails that were sent meanwhile. */
  readonly mails: ReadonlyArray<{ readonly to: readonly string[]; readonly subject: string }>;
}

/** The commands by which `stepwright clock` moves the clock of a running local cloud; each answers a `ClockReport`. */
export function clockControl({ clock, services }: Cloud): ControlCommands {
  const report = async (move: () => Promise<unknown>): Promise<ClockReport> => {
    const before = services.ses.mails().length;
    await move();
    const nextDue = clock.nextDue();
    const mails = services.ses.mails().slice(before);
    return {
      now: clock.now(),
      ...(nextDue !== undefined && { nextDue }),
      mails: mails.map(({ to, subject }) => ({ to, subject })),
    };
  };
  return {
    'clock-now': () => report(async () => {}),
    'clock-next': () => report(() => clock.advanceToNext()),
    'clock-advance': async ({ milliseconds }) => {
      if (typeof milliseconds !== 'number' || !(milliseconds > 0)) throw new Error("'milliseconds' must be positive.");
      return report(() => clock.advanceBy(milliseconds));
    },
  };
}
