import type { Store } from '../runtime/store';

/** Resolves at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });
}

/** Resolves with the reason if the store fails for good: nothing more can be acknowledged then. */
export function failureOf(store: Store): Promise<Error> {
  return new Promise((fail) => store.onFailure(fail));
}
