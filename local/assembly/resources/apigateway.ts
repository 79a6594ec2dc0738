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
      const functionArn = /arn:aws:lambda:[^/]+/.exec(properties.text('IntegrationUri') ?? '')?.[0];
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
    honoured: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration', 'Name'],
    needs: ['ApiId'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const jwt = properties.object('JwtConfiguration');
      if (properties.text('AuthorizerType') !== 'JWT' || !jwt) throw new NotRunHere('other authorizers than JWT');
      const id = idOf(context);
      const audience = jwt.list('Audience').map(String);
      const [identitySource = DEFAULT_IDENTITY_SOURCE] = properties.list('IdentitySource').map(String);
      if (!/^\$request\.(header|querystring)\./.test(identitySource)) {
        throw new NotRunHere(`the identity source ${identitySource}`);
      }
      authorizers.set(id, { type: 'JWT', issuer: jwt.requiredText('Issuer'), audience, identitySource, scopes: [] });
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
    case 'CUSTOM':
      return undefined;
    default:
      throw new AssemblyError(`The AuthorizationType ${type} is unknown.`);
  }
}

function awsUrl(apiId: string, region: string): string {
  return `https://${apiId}.execute-api.${region}.amazonaws.com`;
}
