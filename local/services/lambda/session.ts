import type { Identity } from '../identity';
import { type RoleSession, roleSession } from '../role-session';
import type { FunctionSpec } from './spec';

/** The session of its role that a function runs with: called like the function, as on AWS. */
export function functionSession(
  { name, roleArn }: Pick<FunctionSpec, 'name' | 'roleArn'>,
  { region, accountId }: Identity,
): RoleSession | undefined {
  return roleSession(roleArn, name, `arn:aws:lambda:${region}:${accountId}:function:${name}`);
}
