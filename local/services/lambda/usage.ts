import { meterOf, type Usage } from '../../cost/usage';
import type { InvocationUse } from './invocation';
import type { FunctionSpec } from './spec';

/** What an invocation is billed for: each duration rounded up to a ms, and the memory that is configured. */
export function usageOfInvocation(
  { name, memoryMb, architecture = 'x86_64' }: FunctionSpec,
  used: InvocationUse,
): Usage {
  const ms = Math.max(1, Math.ceil(used.durationMs));
  const initMs = Math.ceil(used.initMs ?? 0);
  const usedMb = used.memoryBytes === undefined ? memoryMb : Math.min(memoryMb, used.memoryBytes / 1024 / 1024);
  return {
    [meterOf('lambda.requests', name)]: 1,
    [meterOf('lambda.ms', name)]: ms,
    ...(initMs > 0 && { [meterOf('lambda.initMs', name)]: initMs }),
    [meterOf(`lambda.${architecture}.mbms`, name)]: memoryMb * (ms + initMs),
    [meterOf('lambda.usedMbms', name)]: Math.round(usedMb * (ms + initMs)),
    'logs.bytes': used.logBytes,
  };
}
