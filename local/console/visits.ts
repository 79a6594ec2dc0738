import type { HistoryEvent } from '../engine/types';

/**
 * How it went with a state: under way; left as it should be; left after an error that was caught; ended by an error; or not
 * left when its execution, or the state around it, ended.
 */
export type Outcome = 'running' | 'succeeded' | 'caught' | 'failed' | 'stopped';

export interface StateVisits {
  readonly outcome: Outcome;
  /** How often the state was entered. */
  readonly count: number;
}

/**
 * How it went with each state that was entered, by name, from a whole history. Of several visits the one that is told is
 * one under way, else one that failed, else the last.
 *
 * An event belongs to the visit of the event before it, since every branch is a chain of its own.
 */
export function visitsOf(events: readonly HistoryEvent[]): Map<string, StateVisits> {
  const history = new Visits();
  for (const event of events) history.take(event);
  return history.byState();
}

/** One time that a state was entered. */
interface Visit {
  readonly state: string;
  /** 'Task', 'Map', … */
  readonly kind: string;
  /** The visit of the Parallel or Map that it is in. */
  readonly parent: Visit | undefined;
  outcome: Outcome;
}

const ENTERED = 'StateEntered';
const EXITED = 'StateExited';

class Visits {
  readonly #all: Visit[] = [];
  readonly #open = new Set<Visit>();
  /** By the id of an event; `left` when the event is that visit's last. */
  readonly #at = new Map<number, { visit: Visit | undefined; left: boolean }>();

  take({ id, previousEventId, type, details }: HistoryEvent): void {
    const before = this.#at.get(previousEventId);
    // That of an expression that failed names the event before its state.
    let visit = type === 'EvaluationFailed' ? this.#lastOpen(String(details?.state)) : before?.visit;
    if (type.endsWith(ENTERED)) {
      visit = this.#enter(type, String(details?.name), before?.left ? visit?.parent : visit);
    } else if (type.endsWith(EXITED)) {
      visit = this.#exit(String(details?.name), visit);
    } else if (type.startsWith('Execution')) {
      visit = undefined;
      if (/^Execution(Failed|Aborted|TimedOut)$/.test(type)) this.#stop([...this.#open]);
      if (type === 'ExecutionRedriven') this.#goOn();
    } else if (/(Failed|TimedOut)$/.test(type)) {
      this.#fail(type, visit);
    } else if (visit?.outcome === 'failed' && /(Scheduled|Started|Succeeded)$/.test(type)) {
      // Tried again.
      visit.outcome = 'running';
    }
    this.#at.set(id, { visit, left: type.endsWith(EXITED) });
  }

  byState(): Map<string, StateVisits> {
    const found = new Map<string, StateVisits>();
    for (const { state, outcome } of this.#all) {
      const known = found.get(state);
      const isWorse = known && rank(known.outcome) > rank(outcome);
      found.set(state, { outcome: isWorse ? known.outcome : outcome, count: (known?.count ?? 0) + 1 });
    }
    return found;
  }

  #enter(type: string, state: string, parent: Visit | undefined): Visit {
    const kind = type.slice(0, -ENTERED.length);
    const visit: Visit = { state, kind, parent, outcome: kind === 'Fail' ? 'failed' : 'running' };
    this.#all.push(visit);
    this.#open.add(visit);
    return visit;
  }

  /** A Parallel or Map is left by the last event of what is in it. */
  #exit(state: string, last: Visit | undefined): Visit | undefined {
    let visit = last;
    while (visit && visit.state !== state) visit = visit.parent;
    visit ??= this.#lastOpen(state);
    if (!visit) return undefined;
    visit.outcome = visit.outcome === 'failed' ? 'caught' : 'succeeded';
    this.#open.delete(visit);
    this.#stop([...this.#open].filter((one) => isWithin(one, visit)));
    return visit;
  }

  /** ParallelStateFailed and MapStateFailed belong to the state around the one that failed. */
  #fail(type: string, last: Visit | undefined): void {
    const kind = /^(Parallel|Map)(State|Run)Failed$/.exec(type)?.[1];
    let visit = last;
    while (kind && visit && visit.kind !== kind) visit = visit.parent;
    if (visit && this.#open.has(visit)) visit.outcome = 'failed';
  }

  #lastOpen(state: string): Visit | undefined {
    return [...this.#open].findLast((visit) => visit.state === state);
  }

  #stop(visits: readonly Visit[]): void {
    for (const visit of visits) {
      if (visit.outcome === 'running') visit.outcome = 'stopped';
      this.#open.delete(visit);
    }
  }

  /** A redriven execution goes on in the states in which it ended, and does not enter them again. */
  #goOn(): void {
    for (const visit of this.#all) {
      if (visit.outcome !== 'failed' && visit.outcome !== 'stopped') continue;
      visit.outcome = 'running';
      this.#open.add(visit);
    }
  }
}

function isWithin(visit: Visit, container: Visit): boolean {
  for (let around = visit.parent; around; around = around.parent) if (around === container) return true;
  return false;
}

function rank(outcome: Outcome): number {
  return outcome === 'running' ? 2 : outcome === 'failed' ? 1 : 0;
}
