import { isObject, type Json } from '../../asl/json';
import { statusIn } from '../../services/apigateway/rest/mock';
import type { FunctionProxy, HeaderSource, Mock, MockResponse } from '../../services/apigateway/rest/spec';
import { NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import type { Properties } from '../properties';
import type { ResourceContext } from '../resource';
import { lambdaArnIn } from './apigateway-names';

/** API Gateway's default timeout is its longest. */
const DEFAULT_TIMEOUT_MS = 29_000;

const HEADER = /^method\.response\.header\.(.+)$/;

/**
 * Owns what the integration of a REST API's method is: a Lambda proxy, or a mock whose templates say plainly what they say. There is no
 * interpreter of their language, VTL; of what would need one the user is warned.
 *
 * @throws NotRunHere for other integrations; AssemblyError for what API Gateway refuses
 */
export function integrationOf(method: Properties, context: ResourceContext): FunctionProxy | Mock {
  const integration = method.object('Integration');
  if (!integration) throw new NotRunHere('methods without an integration');
  const type = integration.requiredText('Type');
  if (type === 'MOCK') return mockOf(integration, method, context);
  if (type !== 'AWS_PROXY') throw new NotRunHere(`integrations of the type ${type}`);
  const functionArn = lambdaArnIn(integration.text('Uri'));
  if (functionArn === undefined) throw new NotRunHere('proxies of other services than Lambda');
  if (integration.text('IntegrationHttpMethod') !== 'POST') {
    throw new NotRunHere('proxies of Lambda whose IntegrationHttpMethod is not POST, which fail on AWS');
  }
  return { type, functionArn, timeoutMs: integration.number('TimeoutInMillis') ?? DEFAULT_TIMEOUT_MS };
}

function mockOf(integration: Properties, method: Properties, context: ResourceContext): Mock {
  const templates = Object.entries(integration.texts('RequestTemplates'));
  for (const [type, template] of templates.filter(([, text]) => isVtl(text))) {
    const status = statusIn(template);
    context.warn(
      `Its request template for ${type} is not run here: ${status === undefined ? 'such requests fail' : `it always stands for the status ${status}`}.`,
    );
  }
  const declared = new Map(
    method
      .objects('MethodResponses')
      .map((response) => [response.requiredText('StatusCode'), namesIn(response.raw('ResponseParameters'))]),
  );
  return {
    type: 'MOCK',
    statuses: Object.fromEntries(templates.map(([type, template]) => [type, statusIn(template)])),
    passthrough: passthroughOf(integration),
    responses: integration.objects('IntegrationResponses').map((response) => responseOf(response, declared, context)),
  };
}

function namesIn(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function passthroughOf(integration: Properties): Mock['passthrough'] {
  const behavior = integration.text('PassthroughBehavior') ?? 'WHEN_NO_MATCH';
  if (behavior === 'WHEN_NO_MATCH' || behavior === 'WHEN_NO_TEMPLATES' || behavior === 'NEVER') return behavior;
  throw new AssemblyError(`The PassthroughBehavior ${behavior} is unknown.`);
}

function responseOf(
  response: Properties,
  declared: ReadonlyMap<string, readonly string[]>,
  context: ResourceContext,
): MockResponse {
  const status = response.requiredText('StatusCode');
  const parameters = declared.get(status);
  if (!parameters) throw new AssemblyError(`BadRequestException: No method response exists for method: ${status}.`);
  const headers: Record<string, HeaderSource> = {};
  for (const [parameter, source] of Object.entries(response.texts('ResponseParameters'))) {
    if (!parameters.includes(parameter)) {
      const fault = `Invalid mapping expression parameter specified: ${parameter}`;
      throw new AssemblyError(
        `BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], errors : [${fault}]`,
      );
    }
    const name = HEADER.exec(parameter)?.[1]?.toLowerCase();
    const read = sourceOf(source);
    if (name !== undefined && read) headers[name] = read;
    else context.warn(`Its response has no ${parameter} here: what ${source} stands for is not known.`);
  }
  const templates = Object.entries(response.texts('ResponseTemplates'));
  const origins = new Set(templates.flatMap(([, template]) => originsIn(template) ?? []));
  for (const [type] of templates.filter(([, text]) => isVtl(text) && originsIn(text) === undefined)) {
    context.warn(`Its response template for ${type} is not run here: the response has no body then.`);
  }
  const selectionPattern = patternIn(response, 'SelectionPattern');
  return {
    ...(selectionPattern !== undefined && { selectionPattern }),
    status: Number(status),
    headers,
    bodies: Object.fromEntries(templates.map(([type, text]) => [type, isVtl(text) ? '' : text])),
    origins: [...origins],
  };
}

/** @throws AssemblyError where the property is no regular expression. */
export function patternIn(properties: Properties, name: string): string | undefined {
  const pattern = properties.text(name);
  try {
    new RegExp(pattern ?? '');
    return pattern;
  } catch {
    throw new AssemblyError(`The ${name} ${pattern} is no regular expression.`);
  }
}

/** A text in quotes or a stage variable; what else there is comes from a backend, which a mock has not. */
function sourceOf(source: string): HeaderSource | undefined {
  const literal = /^'(.*)'$/s.exec(source)?.[1];
  if (literal !== undefined) return { literal };
  const stageVariable = /^stageVariables\.(\w+)$/.exec(source)?.[1];
  return stageVariable === undefined ? undefined : { stageVariable };
}

/** Whether something in a template is a reference or a directive, and not what it says itself. */
function isVtl(template: string): boolean {
  return /\$!?\{?[a-z]|#\{?(set|if|else|elseif|end|foreach|macro|define|evaluate|include|parse|stop|break)\b|#[#*[]/i.test(
    template,
  );
}

/**
 * The origins in the one template that is understood: what the CDK makes of `allowOrigins` after the first, by which a preflight of theirs
 * is told their own name.
 */
function originsIn(template: string): string[] | undefined {
  const [, condition] =
    /^#set\(\$origin = \$input\.params\(\)\.header\.get\("Origin"\)\)\s+#if\(\$origin == ""\)\s+#set\(\$origin = \$input\.params\(\)\.header\.get\("origin"\)\)\s+#end\s+#if\((.*)\)\s+#set\(\$context\.responseOverride\.header\.Access-Control-Allow-Origin = \$origin\)\s+#end\s*$/.exec(
      template,
    ) ?? [];
  return condition?.split(' || ').flatMap((term) => /^\$origin == "(.*)"$/.exec(term)?.[1] ?? []);
}
