import { isIdentitySource } from '../../services/apigateway/rest/authorizer';
import type { CustomAuthorization, RestMethodSpec } from '../../services/apigateway/rest/spec';
import { NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import type { Properties } from '../properties';
import { lambdaArnIn } from './apigateway-names';
import { patternIn } from './apigateway-patterns';

/**
 * Who may call a method.
 * @throws NotRunHere where that is not run: the method must not become an open one
 */
export function authorizationOf(
  method: Properties,
  authorizers: ReadonlyMap<string, CustomAuthorization>,
): RestMethodSpec['authorization'] {
  if (method.flag('ApiKeyRequired')) throw new NotRunHere('methods that want an API key');
  const type = method.text('AuthorizationType') ?? 'NONE';
  if (type === 'NONE' || type === 'AWS_IAM') return { type };
  const authorizer = type === 'CUSTOM' ? authorizers.get(method.text('AuthorizerId') ?? '') : undefined;
  if (!authorizer) throw new NotRunHere(`methods with the authorization ${type}`);
  return authorizer;
}

/** What an authorizer of a template asks for. */
export function authorizationBy(authorizer: Properties, authorizerId: string): CustomAuthorization {
  const kind = authorizer.requiredText('Type');
  const functionArn = lambdaArnIn(authorizer.text('AuthorizerUri'));
  if ((kind !== 'TOKEN' && kind !== 'REQUEST') || functionArn === undefined) {
    throw new NotRunHere(`authorizers of the type ${kind}`);
  }
  const identitySources = (authorizer.text('IdentitySource') ?? '').split(',').flatMap((source) => source.trim() || []);
  const foreign = identitySources.find((source) => !isIdentitySource(source));
  if (foreign !== undefined) throw new NotRunHere(`the identity source ${foreign}`);
  if (kind === 'TOKEN' && identitySources.length !== 1) {
    throw new AssemblyError('An authorizer of the type TOKEN wants one IdentitySource.');
  }
  const validation = kind === 'TOKEN' ? patternIn(authorizer, 'IdentityValidationExpression') : undefined;
  const ttlSeconds = authorizer.number('AuthorizerResultTtlInSeconds') ?? 300;
  return {
    type: 'CUSTOM',
    authorizerId,
    kind,
    functionArn,
    identitySources,
    ...(validation !== undefined && { validation }),
    ttlSeconds,
  };
}
