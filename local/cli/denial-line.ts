import type { Denial } from '../services/iam/permissions';
import { roleName } from '../services/role-session';

/**
 * One sentence on what a role does not allow: who wanted to do what, why AWS refuses it, and what became of it here.
 * 'The function Greet may not do dynamodb:PutItem on arn:…: no policy of its role GreetRole allows it. AWS would refuse it.'
 */
export function denialLine({ session, action, resource, refusal, enforced }: Denial): string {
  const role = roleName(session.roleArn);
  const where = resource === '*' ? '' : ` on ${resource}`;
  return `The ${holderName(session.holder)} may not do ${action}${where}: ${reason(refusal, role)}. ${
    enforced ? 'It was refused, as on AWS.' : 'It was done here; AWS would refuse it.'
  }`;
}

function reason({ kind, policy }: Denial['refusal'], role: string): string {
  switch (policy) {
    case 'permissions boundary':
      return `the permissions boundary of its role ${role} ${kind === 'explicit' ? 'denies' : 'does not allow'} it`;
    case 'resource-based policy':
      return `the policy on the resource denies it to its role ${role}`;
    default:
      return kind === 'explicit' ? `a policy of its role ${role} denies it` : `no policy of its role ${role} allows it`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  'lambda:function': 'function',
  'states:stateMachine': 'state machine',
  'events:rule': 'rule',
  'scheduler:schedule': 'schedule',
  'pipes:pipe': 'pipe',
  'apigateway:': 'API',
};

/** 'function Greet' of its ARN. */
export function holderName(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [, type = '', name = ''] = /^([^:/]*)[:/](.*)$/.exec(rest.join(':')) ?? [];
  const kind = KINDS[`${service}:${type}`] ?? service;
  return `${kind} ${name.slice(name.lastIndexOf('/') + 1)}`;
}
