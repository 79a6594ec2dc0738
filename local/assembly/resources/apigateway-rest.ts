import type { RestApiService } from '../../services/apigateway/rest/service';
import type { CustomAuthorization } from '../../services/apigateway/rest/spec';
import { NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import { shortHash } from '../names';
import { Properties } from '../properties';
import type { Deployed, Identify, NamingContext, ResourceProvider } from '../resource';
import { idOf, publish } from './apigateway-names';
import { authorizationBy, authorizationOf } from './apigateway-rest-authorization';
import { RestValidation } from './apigateway-rest-validation';

/**
 * REST APIs. On AWS a deployment is a copy of the API's methods, and a stage shows one; here a stage shows the API as the template has it.
 *
 * A method that is not run takes its requests all the same, and answers that it is not: neither is it an open one then, nor does the
 * resource's ANY stand in for it.
 */
export function restApiProviders(apis: RestApiService): ResourceProvider[] {
  const running = new Set<string>();
  const authorizers = new Map<string, CustomAuthorization>();
  const needApi = (properties: Properties): string => {
    const id = properties.requiredText('RestApiId');
    if (!running.has(id)) throw new NotRunHere('an API that is not deployed');
    return id;
  };

  const validation = new RestValidation(apis, needApi);

  const api: ResourceProvider = {
    type: 'AWS::ApiGateway::RestApi',
    honoured: ['Name', 'BinaryMediaTypes', 'Body', 'BodyS3Location'],
    inert: [
      'Description',
      'Tags',
      'EndpointConfiguration',
      'Policy',
      'ApiKeySourceType',
      'DisableExecuteApiEndpoint',
      'FailOnWarnings',
      'SecurityPolicy',
      'EndpointAccessMode',
    ],
    async deploy(values, context) {
      const properties = new Properties(values);
      if (properties.has('Body') || properties.has('BodyS3Location')) {
        throw new NotRunHere('REST APIs that are described by OpenAPI');
      }
      const deployed = restApiIdentity(values, context);
      const { url } = await apis.create({
        id: deployed.ref,
        name: properties.requiredText('Name'),
        rootResourceId: rootIdOf(context),
        // As the API takes them in patches, too: 'image~1png'.
        binaryMediaTypes: properties.list('BinaryMediaTypes').map((type) => String(type).replaceAll('~1', '/')),
      });
      running.add(deployed.ref);
      publish(deployed.ref, url, context);
      return deployed;
    },
  };

  const resource: ResourceProvider = {
    type: 'AWS::ApiGateway::Resource',
    honoured: ['RestApiId', 'ParentId', 'PathPart'],
    needs: ['RestApiId', 'ParentId'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const apiId = needApi(properties);
      const id = idOf(context);
      const parentId = properties.requiredText('ParentId');
      apis.putResource(apiId, { id, parentId, pathPart: properties.requiredText('PathPart') });
      return { ref: id, attributes: { ResourceId: id } };
    },
  };

  const authorizer: ResourceProvider = {
    type: 'AWS::ApiGateway::Authorizer',
    honoured: [
      'RestApiId',
      'Name',
      'Type',
      'AuthorizerUri',
      'AuthorizerResultTtlInSeconds',
      'IdentitySource',
      'IdentityValidationExpression',
    ],
    inert: ['AuthType', 'AuthorizerCredentials', 'ProviderARNs'],
    needs: ['RestApiId', 'AuthorizerUri'],
    async deploy(values, context) {
      const properties = new Properties(values);
      needApi(properties);
      const id = idOf(context);
      authorizers.set(id, authorizationBy(properties, id));
      return { ref: id, attributes: { AuthorizerId: id } };
    },
  };

  const method: ResourceProvider = {
    type: 'AWS::ApiGateway::Method',
    honoured: [
      'RestApiId',
      'ResourceId',
      'HttpMethod',
      'AuthorizationType',
      'AuthorizerId',
      'ApiKeyRequired',
      'OperationName',
      'MethodResponses',
      'RequestParameters',
      'RequestModels',
      'RequestValidatorId',
      ...['Type', 'Uri', 'IntegrationHttpMethod', 'TimeoutInMillis'].map((name) => `Integration.${name}`),
      ...['RequestTemplates', 'PassthroughBehavior', 'IntegrationResponses'].map((name) => `Integration.${name}`),
      ...['RequestParameters', 'ContentHandling', 'Credentials'].map((name) => `Integration.${name}`),
    ],
    inert: ['AuthorizationScopes', 'Integration.CacheKeyParameters', 'Integration.CacheNamespace'],
    needs: ['RestApiId', 'ResourceId', 'AuthorizerId', 'RequestValidatorId', 'RequestModels', 'Integration'],
    async deploy(values, context) {
      const { integrationOf } =
        require('./apigateway-rest-integration') as typeof import('./apigateway-rest-integration');
      const properties = new Properties(values);
      const apiId = needApi(properties);
      const operationName = properties.text('OperationName');
      const httpMethod = properties.requiredText('HttpMethod');
      const validated = validation.of(properties, apiId);
      apis.putMethod(apiId, properties.requiredText('ResourceId'), httpMethod, {
        authorization: authorizationOf(properties, authorizers),
        integration: integrationOf(properties, apis, context),
        ...(operationName !== undefined && { operationName }),
        ...(validated && { validation: validated }),
      });
      return { ref: `${idOf(context)}-${httpMethod}` };
    },
    leaveOut(values, reason) {
      const { RestApiId, ResourceId, HttpMethod } = values;
      if (typeof RestApiId !== 'string' || !running.has(RestApiId) || typeof ResourceId !== 'string') return;
      apis.putMethod(RestApiId, ResourceId, String(HttpMethod), {
        authorization: { type: 'NONE' },
        integration: { type: 'NOT_RUN', reason },
      });
    },
  };

  const deployment: ResourceProvider = {
    type: 'AWS::ApiGateway::Deployment',
    honoured: ['RestApiId', 'StageName', 'StageDescription.Variables'],
    inert: ['Description'],
    needs: ['RestApiId'],
    async deploy(values, context) {
      const properties = new Properties(values);
      const apiId = needApi(properties);
      const deploymentId = idOf(context);
      const name = properties.text('StageName');
      const variables = properties.object('StageDescription')?.texts('Variables') ?? {};
      if (name !== undefined) apis.putStage(apiId, { name, deploymentId, variables });
      return { ref: deploymentId, attributes: { DeploymentId: deploymentId } };
    },
  };

  const stage: ResourceProvider = {
    type: 'AWS::ApiGateway::Stage',
    honoured: ['RestApiId', 'StageName', 'DeploymentId', 'Variables'],
    inert: [
      'Description',
      'Tags',
      'AccessLogSetting',
      'TracingEnabled',
      'DocumentationVersion',
      'ClientCertificateId',
      ...['HttpMethod', 'ResourcePath', 'LoggingLevel', 'DataTraceEnabled', 'MetricsEnabled'].map(
        (name) => `MethodSettings.${name}`,
      ),
    ],
    needs: ['RestApiId', 'DeploymentId'],
    async deploy(values) {
      const properties = new Properties(values);
      const apiId = needApi(properties);
      const name = properties.requiredText('StageName');
      if (!/^[\w-]{1,128}$/.test(name)) {
        throw new AssemblyError('BadRequestException: Stage name only allows a-zA-Z0-9_-');
      }
      const deploymentId = properties.text('DeploymentId') ?? '';
      apis.putStage(apiId, { name, deploymentId, variables: properties.texts('Variables') });
      return { ref: name };
    },
  };

  return [api, resource, authorizer, ...validation.providers(), method, deployment, stage];
}

/** What Ref and Fn::GetAtt answer, whether it is run or not. */
export const restApiIdentity: Identify = (_values, context): Deployed => {
  const id = idOf(context);
  return { ref: id, attributes: { RestApiId: id, RootResourceId: rootIdOf(context) } };
};

function rootIdOf({ stackName, logicalId }: NamingContext): string {
  return shortHash(`${stackName}/${logicalId}/root`);
}
