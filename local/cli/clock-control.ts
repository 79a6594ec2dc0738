import type { Cloud } from '../assembly/cloud';
import type { ControlCommands } from '../console/control';
import type { ExecutionStatus } from '../engine/types';

/** What moving the clock brought about. Times are virtual ms since the epoch. */
export interface ClockReport {
  readonly now: number;
  /** When the next timer is due, if there is one. */
  readonly nextDue?: number;
  /** Mails that were sent and executions that ended meanwhile, in the order of their times. */
  readonly events: readonly ClockEvent[];
}

export type ClockEvent =
  | { readonly kind: 'mail'; readonly at: number; readonly to: readonly string[]; readonly subject: string }
  | {
      readonly kind: 'end';
      readonly at: number;
      readonly stateMachine: string;
      readonly execution: string;
      readonly status: ExecutionStatus;
    };

/** The commands by which `stepwright clock` moves the clock of a running local cloud; each answers a `ClockReport`. */
export function clockControl({ clock, services }: Cloud): ControlCommands {
  const moves = new Set<ClockEvent[]>();
  services.states.executions.onStatusChange((execution) => {
    const { status, stoppedAt: at, stateMachineName: stateMachine, name } = execution;
    // The items of a distributed map are told by their map's execution.
    if (status === 'RUNNING' || at === undefined || execution.mapRunArn !== undefined) return;
    for (const ended of moves) ended.push({ kind: 'end', at, stateMachine, execution: name, status });
  });
  const report = async (move: () => Promise<unknown>): Promise<ClockReport> => {
    const before = services.ses.mails().length;
    const ended: ClockEvent[] = [];
    moves.add(ended);
    try {
      await move();
    } finally {
      moves.delete(ended);
    }
    const nextDue = clock.nextDue();
    const mails = services.ses.mails().slice(before);
    const sent = mails.map(({ at, to, subject }): ClockEvent => ({ kind: 'mail', at: Date.parse(at), to, subject }));
    return {
      now: clock.now(),
      ...(nextDue !== undefined && { nextDue }),
      // A mail of the same millisecond comes first: it is sent before its execution ends.
      events: [...sent, ...ended].sort((one, other) => one.at - other.at),
    };
  };
  return {
    'clock-now': () => report(async () => {}),
    'clock-next': () => report(() => clock.advanceToNext()),
    'clock-advance': async ({ milliseconds }) => {
      if (typeof milliseconds !== 'number' || !(milliseconds >= 0))
        throw new Error("'milliseconds' must be 0 or more.");
      return report(() => clock.advanceBy(milliseconds));
    },
  };
}
