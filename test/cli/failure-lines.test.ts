import { FailureLines } from '../../local/cli/failure-lines';
import type { FunctionFailure } from '../../local/services/lambda/service';

test('in a burst the first 20 lines are shown, and how many more there were', async () => {
  jest.useFakeTimers();
  let stderr = '';
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  let fail: (failure: FunctionFailure) => void = () => {};
  new FailureLines().ofFunctions({
    onFailure: (listener) => {
      fail = listener;
    },
  });
  const failure = {
    at: 0,
    functionName: 'fn',
    errorType: 'Error',
    errorMessage: `\u001b[2Jbad ${'x'.repeat(300)}\nsecond`,
  };
  for (let i = 0; i < 25; i++) fail(failure);
  const line = `1970-01-01 00:00:00 UTC  function fn: Error:  [2Jbad ${'x'.repeat(192)}…\n`;
  expect(stderr).toBe(line.repeat(20));
  jest.advanceTimersByTime(10_000);
  expect(stderr).toBe(`${line.repeat(20)}and 5 more failures within 10 s\n`);
  fail(failure);
  expect(stderr.endsWith(line)).toBe(true);
  spy.mockRestore();
  jest.useRealTimers();
});
