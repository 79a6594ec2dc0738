import { isIdentitySource, isRequestSource } from '../../services/apigateway/identity-sources';
import type { HttpApiService } from '../../services/apigateway/service';
import { checkServiceIntegration } from '../../services/apigateway/service-integration';
import type { HttpRouteSpec } from '../../services/apigateway/spec';
import { NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import { Properties } from '../properties';
import type { Deployed, Identify, ResourceContext, ResourceProvider } from '../resource';
import { CORS_PROPERTIES, corsIn } from './apigateway-cors';
import { awsUrl, idOf, lambdaArnIn, publish } from './apigateway-names';

const DEFAULT_IDENTITY_SOURCE = '$request.header.Authorization';

/** API Gateway's default timeout is its longest. */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * HTTP APIs. API, integrations, authorizers and routes are resources of their own that come together in a route, so
 * what was deployed of them is kept here for the time of one deployment.
 *
 * A route whose authorizer or integration is not run is not run either: it takes its requests, and answers that it is not. Neither is it
 * an open one then, nor does another route stand in for it.
 */
export function httpApiProviders(
  apis: Pick<HttpApiService, 'create' | 'configureCors' | 'putRoute' | 'putStage' | 'clearRoutes'>,
): ResourceProvider[] {
  const running = new Map<string, string>();
  const integrations = new Map<string, HttpRouteSpec['integration']>();
  const authorizers = new Map<string, HttpRouteSpec['authorization']>();

  const api: ResourceProvider = {
    type: 'AWS::ApiGatewayV2::Api',
    honoured: ['Name', 'ProtocolType', ...CORS_PROPERTIES],
    inert: ['Description', 'Tags', 'Version', 'DisableExecuteApiEndpoint', 'IpAddressType'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const protocol = properties.text('ProtocolType') ?? 'imported';
      if (protocol !== 'HTTP') throw new NotRunHere(`${protocol} APIs`);
      const id = idOf(context);
      const cors = corsIn(properties, context);
      const { url } = await apis.create({ id, name: properties.requiredText('Name') });
      apis.configureCors(id, cors);
      apis.clearRoutes(id);
      running.set(id, url);
      publish(id, url, context);
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
    honoured: [
      'ApiId',
      'IntegrationType',
      'IntegrationSubtype',
      'IntegrationUri',
      'PayloadFormatVersion',
      'RequestParameters',
      'TimeoutInMillis',
      'CredentialsArn',
    ],
    inert: ['Description', 'IntegrationMethod', 'ConnectionType'],
    needs: ['ApiId', 'IntegrationUri'],
    uses: ['RequestParameters'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const id = idOf(context);
      const subtype = properties.text('IntegrationSubtype');
      const credentialsArn = properties.text('CredentialsArn');
      const timeoutMs = properties.number('TimeoutInMillis') ?? DEFAULT_TIMEOUT_MS;
      integrations.set(
        id,
        subtype === undefined
          ? { type: 'LAMBDA', functionArn: proxiedFunction(properties, context), timeoutMs, credentialsArn }
          : {
              type: 'SERVICE',
              subtype,
              parameters: serviceParameters(subtype, properties, context),
              timeoutMs,
              credentialsArn,
            },
      );
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
      const integration = integrations.get((properties.text('Target') ?? '').replace('integrations/', ''));
      const authorization = authorizationOf(properties, authorizers);
      if (!running.has(apiId)) throw new NotRunHere('an API that is not deployed');
      if (!integration) throw new NotRunHere('a route without an integration');
      if (!authorization) throw new NotRunHere('its authorization');
      const routeKey = properties.requiredText('RouteKey');
      apis.putRoute(apiId, { routeKey, integration, authorization });
      const id = idOf(context);
      return { ref: id, attributes: { RouteId: id } };
    },
    leaveOut({ ApiId, RouteKey }, reason) {
      if (typeof ApiId !== 'string' || !running.has(ApiId) || typeof RouteKey !== 'string') return;
      const integration = { type: 'NOT_RUN', reason } as const;
      apis.putRoute(ApiId, { routeKey: RouteKey, integration, authorization: { type: 'NONE' } });
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

function proxiedFunction(properties: Properties, context: ResourceContext): string {
  const functionArn = lambdaArnIn(properties.text('IntegrationUri'));
  const isProxy = properties.text('IntegrationType') === 'AWS_PROXY';
  if (!functionArn || !isProxy || properties.text('PayloadFormatVersion') !== '2.0') {
    throw new NotRunHere('other integrations than with AWS services and a Lambda proxy with payloads of version 2.0');
  }
  if (properties.has('RequestParameters')) {
    context.warn('The function gets requests as they are: RequestParameters change only what AWS services get.');
  }
  return functionArn;
}

function serviceParameters(
  subtype: string,
  properties: Properties,
  context: ResourceContext,
): Readonly<Record<string, string>> {
  const version = properties.text('PayloadFormatVersion') ?? '1.0';
  if (properties.text('IntegrationType') !== 'AWS_PROXY' || version !== '1.0') {
    throw new AssemblyError(
      `The IntegrationSubtype ${subtype} wants the IntegrationType AWS_PROXY and the PayloadFormatVersion 1.0.`,
    );
  }
  const parameters = properties.texts('RequestParameters');
  checkServiceIntegration(subtype, parameters, context.identity.region);
  return parameters;
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
