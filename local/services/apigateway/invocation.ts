import type { AwsServices } from '../aws';
import type { TimeLimit } from './time-limit';

export interface Invocation {
  readonly functionArn: string;
  readonly event: object;
  readonly trace: string | undefined;
  readonly timeLimit: TimeLimit;
}

/**
 * Owns the calls that API Gateway makes of functions. A call's time limit begins when the function does: AWS would start an environment
 * for each of many requests at once, where here they wait for one.
 *
 * @returns what the function answered, or said of its error; undefined when its time was over
 * @throws AwsError of Lambda's Invoke
 */
export async function invokeFunction(
  aws: AwsServices,
  { functionArn, event, trace, timeLimit }: Invocation,
): Promise<{ said: unknown; hasFailed: boolean } | undefined> {
  const input = { FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(event)) };
  const begun = () => timeLimit.start();
  const output = await Promise.race([
    aws.call('lambda', 'Invoke', input, { via: 'apigateway', trace, begun }),
    timeLimit.passed,
  ]);
  if (output === undefined) return undefined;
  return {
    said: JSON.parse(Buffer.from(output.Payload).toString()),
    hasFailed: output.FunctionError !== undefined,
  };
}
