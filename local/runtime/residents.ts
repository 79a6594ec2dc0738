import type { StateMachine } from '../asl/model';
import type { Execution, Outcome, Stimulus } from '../engine/types';
import type { Journal } from './journal';

/**
 * Owns which executions are in memory: those that have something to do, and as many of the others as fit in `capacity`.
 * When there is no room, the first goes; one that somebody asked for since it came stands at the end again instead. All of
 * them are in the journal; dropping one loses nothing.
 */
export class Residents {
  readonly #byArn = new Map<string, Resident>();
  readonly #machines = new Map<string, StateMachine>();
  /** Goes on where it was: one made anew would pass over the places of all that were dropped. */
  #first = this.#byArn.values();
  #size = 0;
  /** Whether nothing is in the journal alone: a name that is not here is new then, and the journal need not be asked. */
  #isWhole: boolean;

  constructor(
    private readonly journal: Journal,
    /** In characters of their JSON. */
    private readonly capacity = 16 * 1024 * 1024,
  ) {
    this.#isWhole = journal.isEmpty();
  }

  /** The execution, from memory or the journal; undefined when there is none of that name. */
  get(arn: string): Resident | undefined {
    const resident = this.#byArn.get(arn);
    if (resident) {
      // A flag alone: a map gets slow when one of its keys is moved to the end again and again.
      resident.used = true;
      return resident;
    }
    const stored = this.#isWhole ? undefined : this.journal.find(arn);
    if (!stored) return undefined;
    const { execution, revision, inputText, row, room, size } = stored;
    return this.add({
      execution,
      machine: this.machine(revision),
      revision,
      inputText,
      row,
      room,
      size,
      queue: [],
      stepping: false,
      unsynced: 0,
      begun: undefined,
      used: false,
    });
  }

  add(resident: Resident): Resident {
    this.#byArn.set(resident.execution.arn, resident);
    this.#size += resident.size;
    this.#makeRoom(resident);
    return resident;
  }

  remove(resident: Resident): void {
    if (this.#byArn.delete(resident.execution.arn)) this.#size -= resident.size;
  }

  resize(resident: Resident, size: number): void {
    this.#size += size - resident.size;
    resident.size = size;
    this.#makeRoom(resident);
  }

  /** The definition of a revision; one object for all executions that run it. */
  machine(revision: string): StateMachine {
    let machine = this.#machines.get(revision);
    if (!machine) {
      machine = JSON.parse(this.journal.revision(revision).definition) as StateMachine;
      if (this.#machines.size >= MOST_MACHINES) this.#machines.clear();
      this.#machines.set(revision, machine);
    }
    return machine;
  }

  /** Drops what has nothing to do; never `current`, which its caller is about to use. */
  #makeRoom(current: Resident): void {
    for (let steps = 2 * this.#byArn.size; steps > 0 && this.#size > this.capacity; steps -= 1) {
      const resident = this.#next();
      const stays = resident === current || resident.used || resident.stepping || resident.queue.length > 0;
      if (!stays) {
        this.#isWhole = false;
        this.remove(resident);
        continue;
      }
      resident.used = false;
      this.#byArn.delete(resident.execution.arn);
      this.#byArn.set(resident.execution.arn, resident);
    }
  }

  /** There must be one. */
  #next(): Resident {
    let next = this.#first.next();
    if (next.done) {
      this.#first = this.#byArn.values();
      next = this.#first.next();
    }
    return next.value as Resident;
  }
}

/** An execution in memory, with what waits to be done to it. */
export interface Resident {
  execution: Execution;
  readonly machine: StateMachine;
  readonly revision: string;
  readonly inputText: string;
  /** The number of its row; not before its first step is recorded. */
  row: number | undefined;
  /** See `StoredExecution`. */
  room: number;
  size: number;
  /** Stimuli in order of arrival; they are taken strictly one after the other. */
  readonly queue: Delivery[];
  stepping: boolean;
  /** How many of its steps are recorded and not durable yet. */
  unsynced: number;
  /** Settles when its first step is durable; not there from then on. */
  begun: Promise<unknown> | undefined;
  /** Whether somebody asked for it since it came, or came to the end again. */
  used: boolean;
}

export interface Delivery {
  readonly stimulus: Stimulus;
  readonly resolve: (taken: Pick<Outcome, 'accepted' | 'execution'>) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_MACHINES = 1000;
