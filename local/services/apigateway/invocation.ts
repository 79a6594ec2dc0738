import type { AwsServices } from '../aws';
import { type RoleSession, roleSession } from '../role-session';
import type { TimeLimit } from './time-limit';

interface Call {
  readonly functionArn: string;
  readonly trace: string | undefined;
  readonly timeLimit: TimeLimit;
  /** That of the integration's credentials. */
  readonly role?: RoleSession | undefined;
}

export interface Invocation extends Call {
  readonly event: object;
}

/** A call whose event is written already. */
export interface WrittenInvocation extends Call {
  /** JSON; nothing stands for an empty object. */
  readonly payload: Buffer;
  /** 'Event', if nobody waits for its result. */
  readonly type?: string | undefined;
}

/** What a function said: an answer, or its error. */
export interface Invoked {
  /** 200, or 202 where nobody waits. */
  readonly status: number;
  /** JSON, or nothing. */
  readonly payload: Buffer;
  readonly hasFailed: boolean;
}

/**
 * Owns the calls that API Gateway makes of functions. A call's time limit begins when the function does: AWS would start an environment
 * for each of many requests at once, where here they wait for one.
 *
 * @returns undefined when its time was over
 * @throws AwsError of Lambda's Invoke
 */
export async function invoke(
  aws: AwsServices,
  { functionArn, payload, type, trace, timeLimit, role }: WrittenInvocation,
): Promise<Invoked | undefined> {
  const input = { FunctionName: functionArn, Payload: payload, ...(type !== undefined && { InvocationType: type }) };
  const begun = () => timeLimit.start();
  const output = await Promise.race([
    aws.call('lambda', 'Invoke', input, { via: 'apigateway', trace, begun, role }),
    timeLimit.passed,
  ]);
  if (output === undefined) return undefined;
  const hasFailed = output.FunctionError !== undefined;
  return { status: output.StatusCode, payload: Buffer.from(output.Payload ?? ''), hasFailed };
}

/** As `invoke`, with what was said read. */
export async function invokeFunction(
  aws: AwsServices,
  { event, ...call }: Invocation,
): Promise<{ said: unknown; hasFailed: boolean } | undefined> {
  const invoked = await invoke(aws, { ...call, payload: Buffer.from(JSON.stringify(event)) });
  return invoked && { said: JSON.parse(invoked.payload.toString()), hasFailed: invoked.hasFailed };
}

/** The session of an integration's role, called as API Gateway calls all of them. @param apiArn what has the role */
export function integrationSession(credentialsArn: string | undefined, apiArn: string): RoleSession | undefined {
  return roleSession(credentialsArn, 'BackplaneAssumeRoleSession', apiArn);
}
