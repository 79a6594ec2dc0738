import { isIdentitySource, isRequestSource } from '../../services/apigateway/identity-sources';
import type { HttpApiService } from '../../services/apigateway/service';
import type { HttpRouteSpec } from '../../services/apigateway/spec';
import { NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import { shortHash } from '../names';
import { Properties } from '../properties';
import type { Deployed, Identify, NamingContext, ResourceProvider } from '../resource';

const DEFAULT_IDENTITY_SOURCE = '$request.header.Authorization';

/** A Lambda behind routes; API Gateway's default timeout is its longest, 30 s. */
interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/**
 * HTTP APIs. API, integrations, authorizers and routes are resources of their own that come together in a route, so
 * what was deployed of them is kept here for the time of one deployment.
 *
 * A route whose authorizer or integration is not run is not run either: it must not become an open one.
 */
export function httpApiProviders(
  apis: Pick<HttpApiService, 'create' | 'putRoute' | 'putStage' | 'clearRoutes'>,
): ResourceProvider[] {
  const running = new Map<string, string>();
  const integrations = new Map<string, Integration>();
  const authorizers = new Map<string, HttpRouteSpec['authorization']>();

  const api: ResourceProvider = {
    type: 'AWS::ApiGatewayV2::Api',
    honoured: ['Name', 'ProtocolType'],
    inert: ['Description', 'Tags', 'Version', 'DisableExecuteApiEndpoint', 'IpAddressType'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const protocol = properties.text('ProtocolType') ?? 'imported';
      if (protocol !== 'HTTP') throw new NotRunHere(`${protocol} APIs`);
      const id = idOf(context);
      const { url } = await apis.create({ id, name: properties.requiredText('Name') });
      apis.clearRoutes(id);
      running.set(id, url);
      const remote = awsUrl(id, context.identity.region);
      context.publishUrl(remote, url);
      // State machines name an API by its host.
      context.publishUrl(new URL(remote).host, new URL(url).host);
      return apiAt(url, id);
    },
  };

  const stage: ResourceProvider = {
    type: 'AWS::ApiGatewayV2::Stage',
    honoured: ['ApiId', 'StageName'],
    needs: ['ApiId'],
    inert: ['AutoDeploy', 'Description', 'Tags', 'DeploymentId', 'AccessLogSettings'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const name = properties.requiredText('StageName');
      const id = properties.requiredText('ApiId');
      const url = running.get(id);
      if (url === undefined) throw new NotRunHere('an API that is not deployed');
      // Every stage serves the same routes, at the root and under its name.
      if (name !== '$default') {
        apis.putStage(id, name);
        context.publishUrl(`${awsUrl(id, context.identity.region)}/${name}`, url);
      }
      return { ref: name };
    },
  };

  const integration: ResourceProvider = {
    type: 'AWS::ApiGatewayV2::Integration',
    honoured: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    inert: ['Description', 'IntegrationMethod', 'ConnectionType', 'CredentialsArn'],
    needs: ['ApiId', 'IntegrationUri'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const functionArn = lambdaArnIn(properties.text('IntegrationUri'));
      const proxies = properties.text('IntegrationType') === 'AWS_PROXY' && !properties.has('IntegrationSubtype');
      if (!functionArn || !proxies || properties.text('PayloadFormatVersion') !== '2.0') {
        throw new NotRunHere('other integrations than a Lambda proxy with payloads of version 2.0');
      }
      const id = idOf(context);
      integrations.set(id, { functionArn, timeoutMs: properties.number('TimeoutInMillis') ?? 30_000 });
      return { ref: id, attributes: { IntegrationId: id } };
    },
  };

  const authorizer: ResourceProvider = {
    type: 'AWS::ApiGatewayV2::Authorizer',
    honoured: [
      'ApiId',
      'AuthorizerType',
      'IdentitySource',
      'JwtConfiguration',
      'Name',
      'AuthorizerUri',
      'AuthorizerPayloadFormatVersion',
      'AuthorizerResultTtlInSeconds',
      'EnableSimpleResponses',
    ],
    inert: ['AuthorizerCredentialsArn'],
    needs: ['ApiId', 'AuthorizerUri'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const id = idOf(context);
      authorizers.set(id, authorizationBy(properties, id));
      return { ref: id, attributes: { AuthorizerId: id } };
    },
  };

  const route: ResourceProvider = {
    type: 'AWS::ApiGatewayV2::Route',
    honoured: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId', 'AuthorizationScopes'],
    inert: ['OperationName', 'ApiKeyRequired'],
    needs: ['ApiId', 'Target', 'AuthorizerId'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const apiId = properties.requiredText('ApiId');
      const target = integrations.get((properties.text('Target') ?? '').replace('integrations/', ''));
      const authorization = authorizationOf(properties, authorizers);
      if (!running.has(apiId)) throw new NotRunHere('an API that is not deployed');
      if (!target) throw new NotRunHere('a route without an integration');
      if (!authorization) throw new NotRunHere('its authorization');
      const routeKey = properties.requiredText('RouteKey');
      apis.putRoute(apiId, { routeKey, ...target, payloadFormatVersion: '2.0', authorization });
      const id = idOf(context);
      return { ref: id, attributes: { RouteId: id } };
    },
  };

  return [api, stage, integration, authorizer, route];
}

/** At the address that it has on AWS. */
export const apiIdentity: Identify = (_values, context) => {
  return apiAt(awsUrl(idOf(context), context.identity.region), idOf(context));
};

function apiAt(url: string, id: string): Deployed {
  return { ref: id, attributes: { ApiId: id, ApiEndpoint: url } };
}

function idOf({ stackName, logicalId }: NamingContext): string {
  return shortHash(`${stackName}/${logicalId}`);
}

function authorizationBy(authorizer: Properties, authorizerId: string): HttpRouteSpec['authorization'] {
  const identitySources = authorizer.list('IdentitySource').map(String);
  const [first = DEFAULT_IDENTITY_SOURCE] = identitySources;
  const type = authorizer.requiredText('AuthorizerType');
  const isKnown = type === 'JWT' ? isRequestSource : isIdentitySource;
  const foreign = [first, ...identitySources].find((source) => !isKnown(source));
  if (foreign !== undefined) throw new NotRunHere(`the identity source ${foreign}`);
  if (type === 'JWT') {
    const jwt = authorizer.object('JwtConfiguration') ?? new Properties({});
    const audience = jwt.list('Audience').map(String);
    return { type: 'JWT', issuer: jwt.requiredText('Issuer'), audience, identitySource: first, scopes: [] };
  }
  const version = authorizer.requiredText('AuthorizerPayloadFormatVersion');
  if (version !== '1.0' && version !== '2.0') {
    throw new AssemblyError(`The AuthorizerPayloadFormatVersion ${version} is not 1.0 or 2.0.`);
  }
  const simpleResponses = authorizer.flag('EnableSimpleResponses') ?? false;
  if (simpleResponses && version === '1.0') {
    throw new AssemblyError('EnableSimpleResponses needs the AuthorizerPayloadFormatVersion 2.0.');
  }
  const ttlSeconds = authorizer.number('AuthorizerResultTtlInSeconds') ?? 300;
  const functionArn = lambdaArnIn(authorizer.text('AuthorizerUri'));
  if (type !== 'REQUEST' || functionArn === undefined) throw new NotRunHere('other authorizers than JWT and Lambda');
  return {
    type: 'CUSTOM',
    authorizerId,
    functionArn,
    payloadFormatVersion: version,
    simpleResponses,
    identitySources,
    ttlSeconds,
  };
}

/** The function's ARN, in a URI by which API Gateway calls it or alone. */
function lambdaArnIn(uri: string | undefined): string | undefined {
  return /arn:aws:lambda:[^/]+/.exec(uri ?? '')?.[0];
}

function authorizationOf(
  properties: Properties,
  authorizers: ReadonlyMap<string, HttpRouteSpec['authorization']>,
): HttpRouteSpec['authorization'] | undefined {
  const type = properties.text('AuthorizationType') ?? 'NONE';
  switch (type) {
    case 'NONE':
    case 'AWS_IAM':
      return { type };
    case 'JWT': {
      const authorizer = authorizers.get(properties.text('AuthorizerId') ?? '');
      const scopes = properties.list('AuthorizationScopes').map(String);
      return authorizer?.type === 'JWT' ? { ...authorizer, scopes } : undefined;
    }
    case 'CUSTOM': {
      const authorizer = authorizers.get(properties.text('AuthorizerId') ?? '');
      return authorizer?.type === 'CUSTOM' ? authorizer : undefined;
    }
    default:
      throw new AssemblyError(`The AuthorizationType ${type} is unknown.`);
  }
}

function awsUrl(apiId: string, region: string): string {
  return `https://${apiId}.execute-api.${region}.amazonaws.com`;
}
