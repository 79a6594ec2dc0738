import type { Work } from './work';

/**
 * Owns virtual time. Everything in the local cloud that waits, expires or is dated asks this clock and no other.
 *
 * C1  `now` never decreases.
 * C2  No timer fires before its due time; timers fire in order of due time, equal ones in order of setting.
 * C3  While the clock is being advanced, it stops at each due timer and lets all work settle before it goes on.
 * C4  It follows the machine's clock when that jumps ahead (a laptop that slept), and goes on where it was when that is
 *     set back.
 */
export interface Clock {
  /** Virtual milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once, at or after `due` (virtual ms since the epoch). Returns a function that forgets the timer. */
  at(due: number, fire: () => void): () => void;
}

export interface ClockOptions {
  /** Virtual time at the start, in ms since the epoch; the machine's time by default. */
  start?: number;
  /** Virtual seconds per real second; 0 stands still but for `advance`. 1 by default. */
  scale?: number;
  /** The work that must settle before a jump goes on. */
  work: Work;
  /** Told whenever virtual time leaves the course it was on (a jump, another scale), before any timer fires. */
  onMove?: (position: ClockPosition) => void;
}

/** Virtual time as a function of real time: at `real` it was `virtual`, and runs on by `scale`. Milliseconds since the epoch. */
export interface ClockPosition {
  readonly virtual: number;
  readonly real: number;
  readonly scale: number;
}

interface Timer {
  due: number;
  order: number;
  fire: () => void;
  /** Fired or cancelled. */
  over: boolean;
}

/** Node's timeouts do not see the machine's clock jump ahead (nor last longer than 24.8 days): it is looked at so often. */
const LONGEST_TIMEOUT_MS = 10_000;

/** By less than this the machine's clock is corrected, not set back. */
const SET_BACK_MS = 1000;

/** As many timers fire in one turn of the event loop as take so long; what else is going on gets its turn in between. */
const TURN_MS = 10;
const PER_TURN = { least: 16, most: 1000 };

export class VirtualClock implements Clock {
  /** [virtual base, real base, scale]: shared with the Lambda workers, whose `Date` is computed from it. */
  readonly shared = new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
  readonly #work: Work;
  readonly #onMove: ((position: ClockPosition) => void) | undefined;
  readonly #timers = new TimerHeap();
  #order = 0;
  #alarm: NodeJS.Timeout | undefined;
  #advancing: Promise<void> = Promise.resolve();
  #jumps = 0;
  #closed = false;
  #latest = 0;
  /** The machine's time when it was looked at last. */
  #real = 0;
  #perTurn = 100;

  constructor(options: ClockOptions) {
    this.#work = options.work;
    this.#onMove = options.onMove;
    this.#rebase(options.start ?? Date.now(), options.scale ?? 1);
  }

  /** Where virtual time is and how it goes on; see `ClockPosition`. */
  get position(): ClockPosition {
    const [virtual, real, scale] = this.shared as unknown as [number, number, number];
    return { virtual, real, scale };
  }

  now(): number {
    const real = Date.now();
    if (real < this.#real - SET_BACK_MS) this.#rebase(this.#latest, this.shared[2] as number);
    this.#real = real;
    const [virtualBase, realBase, scale] = this.shared as unknown as [number, number, number];
    const now = Math.floor(virtualBase + Math.max(0, real - realBase) * scale);
    if (now > this.#latest) this.#latest = now;
    return this.#latest;
  }

  at(due: number, fire: () => void): () => void {
    const timer: Timer = { due, order: this.#order++, fire, over: false };
    this.#timers.push(timer);
    if (this.#timers.peek() === timer) this.#arm();
    return () => this.#timers.cancel(timer);
  }

  /** When the next timer is due (virtual ms), if there is one. */
  nextDue(): number | undefined {
    return this.#timers.peek()?.due;
  }

  /**
   * Moves the clock to `target` (virtual ms), stopping at every timer due until then, in order, until all that
   * it set off has settled. Advances that overlap run one after the other.
   */
  advanceTo(target: number): Promise<void> {
    return this.#exclusively(async () => {
      for (;;) {
        await this.#work.idle();
        const due = this.nextDue();
        if (due === undefined || due > target) break;
        this.#jumpTo(due);
        this.#fireDue();
      }
      this.#jumpTo(target);
      this.#fireDue();
      await this.#work.idle();
    });
  }

  /** Moves the clock by `ms`. See `advanceTo`. */
  advanceBy(ms: number): Promise<void> {
    return this.advanceTo(this.now() + ms);
  }

  /** Jumps to the next timer and lets it settle; answers whether there was one. */
  async advanceToNext(): Promise<boolean> {
    await this.#work.idle();
    const due = this.nextDue();
    if (due === undefined) return false;
    await this.advanceTo(Math.max(due, this.now()));
    return true;
  }

  /** Changes how fast virtual time runs from now on. */
  setScale(scale: number): void {
    this.#rebase(this.now(), scale);
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  async #exclusively(move: () => Promise<void>): Promise<void> {
    const before = this.#advancing;
    const run = async () => {
      await before.catch(() => {});
      this.#jumps += 1;
      this.#disarm();
      try {
        await move();
      } finally {
        this.#jumps -= 1;
        this.#arm();
      }
    };
    this.#advancing = run();
    return this.#advancing;
  }

  #jumpTo(target: number): void {
    if (target > this.now()) this.#rebase(target, this.shared[2] as number);
  }

  #rebase(virtual: number, scale: number): void {
    this.shared[0] = virtual;
    this.#real = Date.now();
    this.shared[1] = this.#real;
    this.shared[2] = scale;
    this.#onMove?.(this.position);
  }

  #arm(): void {
    const due = this.nextDue();
    const scale = this.shared[2] as number;
    if (due === undefined || scale === 0 || this.#jumps > 0 || this.#closed) {
      this.#disarm();
      return;
    }
    const wait = Math.ceil(Math.max(0, due - this.now()) / scale);
    // An alarm that is set goes off soon enough. So it is for most timers: executions end long before their limit.
    if (this.#alarm && wait >= LONGEST_TIMEOUT_MS) return;
    this.#disarm();
    this.#alarm = setTimeout(
      () => {
        this.#alarm = undefined;
        this.#fireDue();
        this.#arm();
      },
      Math.min(wait, LONGEST_TIMEOUT_MS),
    );
  }

  #disarm(): void {
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
  }

  #fireDue(): void {
    const now = this.now();
    const most = this.#perTurn;
    let fired = 0;
    const began = performance.now();
    for (; fired < most; fired += 1) {
      const timer = this.#timers.peek();
      if (!timer || timer.due > now) break;
      this.#timers.pop();
      timer.fire();
    }
    if (fired < most) return;
    // What they set off runs before the event loop's next turn, so only then is it known how long they took.
    setImmediate(() => {
      const enough = Math.floor((most * TURN_MS) / Math.max(1, performance.now() - began));
      this.#perTurn = Math.min(Math.max(enough, PER_TURN.least), PER_TURN.most);
    });
  }
}

/**
 * A binary heap by due time and order of setting. Cancelled timers are dropped when they come up, or all together when
 * they are the greater part.
 */
class TimerHeap {
  #heap: Timer[] = [];
  #cancelled = 0;

  cancel(timer: Timer): void {
    if (timer.over) return;
    timer.over = true;
    timer.fire = () => {};
    this.#cancelled += 1;
    if (this.#cancelled < 1000 || this.#cancelled < this.#heap.length / 2) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(({ over }) => !over).sort((a, b) => a.due - b.due || a.order - b.order);
    this.#cancelled = 0;
  }

  push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent] as Timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  }

  peek(): Timer | undefined {
    while (this.#heap[0]?.over) this.pop();
    return this.#heap[0];
  }

  pop(): void {
    const heap = this.#heap;
    const [first] = heap;
    if (first?.over) this.#cancelled -= 1;
    else if (first) first.over = true;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
      if (!before(heap[child] as Timer, last)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
