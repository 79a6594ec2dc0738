import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Generous: the machine may be busy with other things, and tests compile in between. What hangs takes seconds. */
const LONGEST_DELAY_MS = 2_000;

/** Watches that nothing keeps the event loop for long while a suite runs. */
export function watchEventLoop(): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  beforeAll(() => {
    delay.enable();
  });
  afterEach(() => {
    const longest = delay.max / 1e6;
    delay.reset();
    expect(longest).toBeLessThan(LONGEST_DELAY_MS);
  });
  afterAll(() => {
    delay.disable();
  });
}
