import { AwsError, type AwsService, type AwsShape, type WireProtocol } from '../aws';
import type { Parts } from '../parts';

const OPERATIONS = new Set(['GetCallerIdentity']);

/** Answers who the caller is, which people ask AWS first; roles are not assumed here, since permissions are not enforced. */
export class StsService implements AwsService {
  readonly id = 'sts';
  readonly signingName = 'sts';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = { kind: 'query', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' };

  constructor(private readonly parts: Parts) {}

  async call(operation: string): Promise<AwsShape> {
    if (operation !== 'GetCallerIdentity') {
      throw new AwsError('InvalidAction', `The local cloud does not run sts:${operation}.`);
    }
    const { accountId, accessKeyId } = this.parts.identity;
    return { UserId: accessKeyId, Account: accountId, Arn: `arn:aws:iam::${accountId}:user/stepwright` };
  }
}
