import { isObject, type Json } from '../../asl/json';
import { requestSource, responseSource } from '../../services/apigateway/rest/parameters';
import type {
  ContentHandling,
  IntegrationResponse,
  Mapped,
  MappingTemplate,
  RequestMappings,
  RequestSource,
  ResponseSource,
} from '../../services/apigateway/rest/spec';
import { TemplateError } from '../../services/apigateway/rest/vtl/nodes';
import { DirectiveNotRun, parseTemplate } from '../../services/apigateway/rest/vtl/parse';
import { NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import type { Properties } from '../properties';
import type { ResourceContext } from '../resource';
import { patternIn } from './apigateway-patterns';

/**
 * Owns how templates and mappings are read from a method, and what of them API Gateway refuses.
 *
 * @throws AssemblyError; NotRunHere for what AWS would take
 */
export function mappedOf(integration: Properties, method: Properties, context: ResourceContext): Mapped {
  const declared = new Map(
    method
      .objects('MethodResponses')
      .map((response) => [response.requiredText('StatusCode'), namesIn(response.raw('ResponseParameters'))]),
  );
  return {
    requestTemplates: templatesOf(integration, 'RequestTemplates', context),
    passthrough: passthroughOf(integration),
    responses: integration.objects('IntegrationResponses').map((response) => responseOf(response, declared, context)),
  };
}

function namesIn(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function passthroughOf(integration: Properties): Mapped['passthrough'] {
  const behavior = integration.text('PassthroughBehavior') ?? 'WHEN_NO_MATCH';
  if (behavior === 'WHEN_NO_MATCH' || behavior === 'WHEN_NO_TEMPLATES' || behavior === 'NEVER') return behavior;
  throw new AssemblyError(`The PassthroughBehavior ${behavior} is unknown.`);
}

/** AWS takes any text for a template, and fails when it is to be run. */
function templatesOf(properties: Properties, name: string, context: ResourceContext): Record<string, MappingTemplate> {
  const templates = Object.entries(properties.texts(name)).map(([type, text]): [string, MappingTemplate] => {
    try {
      return [type.toLowerCase(), parseTemplate(text)];
    } catch (error) {
      if (error instanceof DirectiveNotRun) throw new NotRunHere(`templates with ${error.directive}`);
      if (!(error instanceof TemplateError)) throw error;
      context.warn(`Its ${name} for ${type} cannot be run, and such requests fail. ${error.message}`);
      return [type.toLowerCase(), { fault: error.message }];
    }
  });
  return Object.fromEntries(templates);
}

const DESTINATION = /^integration\.request\.(header|querystring|path)\.(.+)$/;

/** What of a request goes where in the request to the integration. */
export function parametersOf(integration: Properties, method: Properties): RequestMappings['parameters'] {
  const declared = new Set(namesIn(method.raw('RequestParameters')));
  const parameters: Record<'header' | 'querystring' | 'path', Record<string, RequestSource>> = {
    header: {},
    querystring: {},
    path: {},
  };
  for (const [destination, text] of Object.entries(integration.texts('RequestParameters'))) {
    const [, place, name] = DESTINATION.exec(destination) ?? [];
    const source = requestSource(text);
    if (place === undefined || name === undefined) throw invalidMapping(destination);
    if (!source || !isDeclared(text, declared)) throw invalidMapping(text);
    parameters[place as 'header'][name] = source;
  }
  return parameters;
}

/** The method must name the parameters of its own that are mapped. */
function isDeclared(text: string, declared: ReadonlySet<string>): boolean {
  if (!/^method\.request\.(?!body\b)/.test(text)) return true;
  return declared.has(text) || declared.has(text.replace('.multivalue', '.'));
}

export function contentHandlingOf(properties: Properties): ContentHandling {
  const handling = properties.text('ContentHandling');
  if (handling === undefined || handling === 'CONVERT_TO_BINARY' || handling === 'CONVERT_TO_TEXT') return handling;
  throw new AssemblyError(`The ContentHandling ${handling} is unknown.`);
}

const HEADER = /^method\.response\.header\.(.+)$/;

function responseOf(
  response: Properties,
  declared: ReadonlyMap<string, readonly string[]>,
  context: ResourceContext,
): IntegrationResponse {
  const status = response.requiredText('StatusCode');
  const parameters = declared.get(status);
  if (!parameters) throw new AssemblyError(`BadRequestException: No method response exists for method: ${status}.`);
  const headers: Record<string, ResponseSource> = {};
  for (const [parameter, text] of Object.entries(response.texts('ResponseParameters'))) {
    const name = HEADER.exec(parameter)?.[1]?.toLowerCase();
    const source = responseSource(text);
    if (name === undefined || !parameters.includes(parameter)) throw invalidMapping(parameter);
    if (!source) throw invalidMapping(text);
    headers[name] = source;
  }
  const selectionPattern = patternIn(response, 'SelectionPattern');
  return {
    ...(selectionPattern !== undefined && { selectionPattern }),
    status: Number(status),
    headers,
    templates: templatesOf(response, 'ResponseTemplates', context),
    contentHandling: contentHandlingOf(response),
  };
}

function invalidMapping(expression: string): AssemblyError {
  const fault = `Invalid mapping expression parameter specified: ${expression}`;
  return new AssemblyError(
    `BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], errors : [${fault}]`,
  );
}
