import type { RestApiService } from '../../services/apigateway/rest/service';
import type { Backend, FunctionCall, FunctionProxy, Mock, ServiceCall } from '../../services/apigateway/rest/spec';
import { NotRunHere } from '../../services/aws';
import type { Properties } from '../properties';
import type { ResourceContext } from '../resource';
import { lambdaArnIn } from './apigateway-names';
import { contentHandlingOf, mappedOf, parametersOf } from './apigateway-rest-mapping';

/** API Gateway's default timeout is its longest. */
const DEFAULT_TIMEOUT_MS = 29_000;

/** 'arn:aws:apigateway:us-east-1:states:action/StartExecution', 'arn:aws:apigateway:us-east-1:s3:path/bucket/{key}' */
const URI =
  /^arn:[\w-]+:apigateway:(?<region>[^:]*):(?:(?<subdomain>[^:.]+)\.)?(?<service>[^:.]+):(?<kind>action|path)\/(?<rest>.*)$/s;

/**
 * Owns what the integration of a REST API's method is: a Lambda proxy, a call of a function or of another service of AWS, or a mock.
 *
 * @throws NotRunHere for other integrations; AssemblyError for what API Gateway refuses
 */
export function integrationOf(
  method: Properties,
  apis: Pick<RestApiService, 'protocolOf'>,
  context: ResourceContext,
): FunctionProxy | FunctionCall | ServiceCall | Mock {
  const integration = method.object('Integration');
  if (!integration) throw new NotRunHere('methods without an integration');
  const type = integration.requiredText('Type');
  switch (type) {
    case 'MOCK':
      return { type, ...mappedOf(integration, method, context) };
    case 'AWS_PROXY':
      return proxyOf(integration);
    case 'AWS':
      return callOf(integration, method, apis, context);
    default:
      throw new NotRunHere(`integrations of the type ${type}`);
  }
}

function proxyOf(integration: Properties): FunctionProxy {
  const functionArn = lambdaArnIn(integration.text('Uri'));
  if (functionArn === undefined) throw new NotRunHere('proxies of other services than Lambda');
  needPost(integration);
  return { type: 'AWS_PROXY', functionArn, ...backendOf(integration) };
}

function needPost(integration: Properties): void {
  if (integration.text('IntegrationHttpMethod') === 'POST') return;
  throw new NotRunHere('calls of Lambda whose IntegrationHttpMethod is not POST, which fail on AWS');
}

function backendOf(integration: Properties): Backend {
  return {
    timeoutMs: integration.number('TimeoutInMillis') ?? DEFAULT_TIMEOUT_MS,
    credentialsArn: integration.text('Credentials'),
  };
}

function callOf(
  integration: Properties,
  method: Properties,
  apis: Pick<RestApiService, 'protocolOf'>,
  context: ResourceContext,
): FunctionCall | ServiceCall {
  const uri = integration.requiredText('Uri');
  const { region, subdomain, service = '', kind, rest = '' } = URI.exec(uri)?.groups ?? {};
  const protocol = apis.protocolOf(service);
  if (protocol === undefined || subdomain !== undefined) throw new NotRunHere(`integrations with ${uri}`);
  if (region !== context.identity.region) throw new NotRunHere('integrations with other regions');
  const common = {
    ...mappedOf(integration, method, context),
    parameters: parametersOf(integration, method),
    contentHandling: contentHandlingOf(integration),
    ...backendOf(integration),
  };
  const functionArn = lambdaArnIn(uri);
  if (functionArn !== undefined) {
    needPost(integration);
    return { type: 'FUNCTION', functionArn, ...common };
  }
  if (common.credentialsArn === undefined)
    context.warn('It has no Credentials: on AWS, the service refuses its calls.');
  const httpMethod = integration.requiredText('IntegrationHttpMethod');
  if (kind === 'path') {
    const [path = '', query = ''] = rest.split(/\?(.*)/s);
    return { type: 'SERVICE', signingName: service, path, query, httpMethod, ...common };
  }
  if (protocol === 'http') throw new NotRunHere(`actions of ${service}, whose operations are paths`);
  const [, action, query] = /^(\w+)(?:&(.*))?$/s.exec(rest) ?? [];
  if (action === undefined || (query !== undefined && protocol !== 'query')) {
    throw new NotRunHere(`integrations with the action ${rest}`);
  }
  return {
    type: 'SERVICE',
    signingName: service,
    action,
    query: query ?? '',
    path: '',
    httpMethod,
    ...common,
  };
}
