import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { StateMachine } from '../asl/model';
import type { Decision, HistoryEvent } from '../engine/types';
import { coveredBy, type Point, pointsOf } from './coverage-points';
import type { Definition } from './definitions';

/** Where test processes leave what they covered, a file each; set by `CoverageRun`. */
export const DIRECTORY_VARIABLE = 'STEPWRIGHT_COVERAGE';

/** One line of such a file. */
export interface CoverageLine {
  readonly machine: string;
  /** Absolute path of the definition's file, if it was read from one. */
  readonly file?: string;
  /** In the first line of a state machine: all that there is to cover. */
  readonly points?: readonly Point[];
  readonly covered?: readonly string[];
}

/**
 * Owns what one process has seen of one state machine. Each key is written when it is covered first, so nothing is lost
 * however the process ends.
 */
export class CoverageRecorder {
  readonly #file: string | undefined;
  readonly #seen = new Set<string>();

  constructor(
    private readonly definition: Definition,
    machine: StateMachine,
  ) {
    const directory = process.env[DIRECTORY_VARIABLE];
    if (directory === undefined) return;
    // Threads of one process write a file each.
    this.#file = join(directory, `${process.pid}-${threadId}.jsonl`);
    this.#write({ points: pointsOf(machine) });
  }

  record(events: readonly HistoryEvent[], decisions: readonly Decision[]): void {
    const covered = coveredBy(events, decisions).filter((key) => !this.#seen.has(key));
    if (covered.length === 0) return;
    for (const key of covered) this.#seen.add(key);
    this.#write({ covered });
  }

  #write(line: Partial<CoverageLine>): void {
    const { name: machine, file } = this.definition;
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify({ machine, file, ...line })}\n`);
  }
}
