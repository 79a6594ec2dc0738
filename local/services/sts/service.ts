import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import type { Parts } from '../parts';
import { assumedRoleArn } from '../role-session';

const OPERATIONS = new Set(['GetCallerIdentity']);

/** Answers who the caller is, which people ask AWS first; a function is its role. Roles are not assumed by callers. */
export class StsService implements AwsService {
  readonly id = 'sts';
  readonly signingName = 'sts';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = { kind: 'query', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' };

  constructor(private readonly parts: Parts) {}

  async call(operation: string, _input: AwsShape, { role }: Caller): Promise<AwsShape> {
    if (operation !== 'GetCallerIdentity') {
      throw new AwsError('InvalidAction', `The local cloud does not run sts:${operation}.`);
    }
    const { accountId, accessKeyId } = this.parts.identity;
    if (role) {
      const UserId = `${accessKeyId}:${role.sessionName}`;
      return { UserId, Account: accountId, Arn: assumedRoleArn(role) };
    }
    return { UserId: accessKeyId, Account: accountId, Arn: `arn:aws:iam::${accountId}:user/stepwright` };
  }
}
