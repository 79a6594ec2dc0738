import { cpus, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Something that always comes did not come, far beyond its usual time. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
  /** @param letters the promises that this breaks; those of the scenario if it does not say */
  constructor(
    readonly awaited: string,
    ms: number,
    readonly letters?: string,
  ) {
    super(`stuck: waited ${Math.round(ms / 1000)} s in vain for ${awaited}`);
  }
}

/** So many seconds of two free cores, in ms of this machine as busy as it is; four times as long at most. */
export function patience(seconds: number): number {
  return seconds * 1000 * Math.min(4, Math.max(1, (loadavg()[0] ?? 0) / cpus().length));
}

export interface Awaited {
  /** Ends the sentence 'waited in vain for …'. */
  readonly what: string;
  readonly letters?: string;
  /** On two free cores; a generous bound, not the usual time. */
  readonly seconds?: number;
}

/** Asks again and again until there is an answer. @throws Stuck */
export async function eventually<T>(
  { what, letters, seconds = 120 }: Awaited,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const [began, most] = [performance.now(), patience(seconds)];
  while (performance.now() - began < most) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(20);
  }
  throw new Stuck(what, most, letters);
}

/** @throws Stuck when the promise is not settled in time */
export async function within<T>({ what, letters, seconds = 120 }: Awaited, promise: Promise<T>): Promise<T> {
  const most = patience(seconds);
  const timer = new AbortController();
  const late = delay(most, undefined, { signal: timer.signal }).then(() => {
    throw new Stuck(what, most, letters);
  });
  late.catch(() => {});
  return Promise.race([promise, late]).finally(() => timer.abort());
}
