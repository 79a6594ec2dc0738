/** Generous: tests compile in between. What hangs takes seconds. */
const LONGEST_TURN_MS = 2_000;

/**
 * Watches that nothing keeps the event loop for long while a suite runs. What counts is the processor's time between two
 * turns, not the clock's: a machine that is busy with other things makes the process wait, and that is nobody's fault.
 */
export function watchEventLoop(): void {
  let timer: NodeJS.Timeout;
  let longest = 0;
  let last: number;
  const look = () => {
    const now = processorMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  beforeAll(() => {
    last = processorMs();
    timer = setInterval(look, 10);
  });
  afterEach(() => {
    look();
    const found = longest;
    longest = 0;
    expect(found).toBeLessThan(LONGEST_TURN_MS);
  });
  afterAll(() => clearInterval(timer));
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
