import { FailureLines } from '../../local/cli/failure-lines';
import type { Denial } from '../../local/services/iam/permissions';
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

test('what a role lacks is shown whatever else fails, of one action on the first resources', () => {
  let stderr = '';
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  let deny: (denial: Denial) => void = () => {};
  let fail: (failure: FunctionFailure) => void = () => {};
  const lines = new FailureLines();
  lines.ofFunctions({
    onFailure: (listener) => {
      fail = listener;
    },
  });
  lines.ofRoles({
    onDenial: (listener) => {
      deny = listener;
    },
  });
  const session = {
    roleArn: 'arn:aws:iam::123456789012:role/Worker',
    sessionName: 's',
    holder: 'arn:aws:lambda:us-east-1:123456789012:function:fn',
  };
  const refusal = { kind: 'implicit', policy: 'identity-based policy' } as const;
  const denied = (action: string, resource: string) =>
    deny({ at: 0, session, action, resource, refusal, enforced: false });
  for (let i = 0; i < 30; i++) fail({ at: 0, functionName: 'fn', errorType: 'Error', errorMessage: 'bad' });
  stderr = '';
  for (let i = 1; i <= 9; i++) denied('s3:PutObject', `arn:aws:s3:::b/${i}`);
  denied('s3:GetObject', 'arn:aws:s3:::b/1');
  spy.mockRestore();
  const told = stderr.trimEnd().split('\n');
  expect(told).toHaveLength(7);
  expect(told[4]).toMatch(/s3:PutObject on arn:aws:s3:::b\/5: .* AWS would refuse it\.$/);
  expect(told[5]).toMatch(/b\/6: .* So it is with other resources, which are not told of\.$/);
  expect(told[6]).toContain('s3:GetObject on arn:aws:s3:::b/1');
});
