import { type RoleSession, roleSession } from '../role-session';

/**
 * The session of its role in which an execution makes its calls, called like the execution (AWS makes up a name). A task with
 * Credentials has a role of its own.
 */
export function executionSession(
  { arn, roleArn }: { readonly arn: string; readonly roleArn: string },
  credentials?: { readonly RoleArn?: unknown },
): RoleSession | undefined {
  return roleSession(credentials?.RoleArn ?? roleArn, arn.split(':')[7] ?? '', machineOf(arn));
}

/** The ARN of an execution's state machine; of an item of a distributed Map, of the one whose state that is. */
export function machineOf(executionArn: string): string {
  const [, , , region, account, , machine = ''] = executionArn.split(':');
  return `arn:aws:states:${region}:${account}:stateMachine:${machine.replace(/\/.*$/, '')}`;
}
