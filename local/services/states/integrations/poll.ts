import type { Clock } from '../../../runtime/clock';

/** Virtual ms between two looks. */
const INTERVAL = 2_000;

/** Looks now and then, by the virtual clock, until there is something to see; rejects when `signal` aborts or a look fails. */
export async function poll<T>(clock: Clock, look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    await pause(clock, signal);
    const seen = await look();
    if (seen !== undefined) return seen;
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = clock.at(clock.now() + INTERVAL, resolve);
    const give = () => {
      forget();
      reject(signal.reason);
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
