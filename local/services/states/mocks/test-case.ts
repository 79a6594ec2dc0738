import { failures } from '../errors';
import type { MockConfiguration } from './configuration';

/**
 * Reads `<state machine ARN>#<test case>`, by which an execution is started with mocks. Throws ValidationException for a
 * test case that the configuration does not have; without a configuration the ARN is left as it is.
 */
export function splitTestCase(arn: string, mocks?: MockConfiguration): { arn: string; testCase?: string } {
  const [, machineArn, name] = /^([^#]*)#(.*)$/s.exec(arn) ?? [];
  if (!mocks || machineArn === undefined) return { arn };
  const machine = machineArn.split(':')[6];
  const testCase = `${machine}#${name}`;
  if (mocks.testCases.has(testCase)) return { arn: machineArn, testCase };
  throw failures.validation(`The mock configuration has no test case '${name}' of the state machine '${machine}'.`);
}
