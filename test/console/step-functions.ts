import { StepFunctions } from '../../local/assembly/step-functions';

/** Step Functions in memory, in a time that stands still. */
export function bootStepFunctions(): Promise<StepFunctions> {
  return StepFunctions.boot({
    identity: { accountId: '123456789012', region: 'us-east-1', accessKeyId: 'key', secretAccessKey: 'secret' },
    keys: { accessKeyId: 'key', secretAccessKey: 'secret' },
    endpoints: new Map(),
    clock: { scale: 0, start: Date.parse('2026-03-02T09:00:00Z') },
  });
}
