import type { RoleSession } from '../../role-session';
import { integrationSession } from '../invocation';
import type { RestVisit } from './event';
import type { Backend } from './spec';

/** An integration's address with what its stage calls '${stageVariables.name}'; what it does not know is left out. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{stageVariables\.(\w+)\}/g, (_all, name: string) => {
    return Object.hasOwn(variables, name) ? (variables[name] as string) : '';
  });
}

/** The session of the role that calls what is behind a method. */
export function sessionFor({ credentialsArn }: Backend, { api, stage, identity }: RestVisit): RoleSession | undefined {
  const apiArn = `arn:aws:apigateway:${identity.region}::/restapis/${api.id}`;
  return integrationSession(credentialsArn && withStageVariables(credentialsArn, stage.variables), apiArn);
}
