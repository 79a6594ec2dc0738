import type { RestVisit } from './event';
import type { Mapping } from './mapping';
import { isBinary, mediaTypeOf } from './media-types';
import { requestValues } from './parameters';
import type { ContentHandling, Mapped, MappingTemplate, RequestMappings } from './spec';
import { type Template, TemplateError } from './vtl/nodes';

/** No template is for the request's content type, and the body is not to pass without one. */
export const UNSUPPORTED = Symbol('unsupported media type');

/**
 * Owns what an integration is sent of a request: the body that its template makes, or the request's own, and parameters.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 *
 * @throws TemplateError, NotJson
 */
export function integrationBody(
  { requestTemplates, passthrough }: Mapped,
  visit: RestVisit,
  mapping: Mapping,
  contentHandling?: ContentHandling,
): Buffer | typeof UNSUPPORTED {
  const { request, api } = visit;
  const received = Buffer.from(request.body);
  const isBytes = isBinary(request.headers['content-type'], api.binaryMediaTypes);
  const body = contentHandling === 'CONVERT_TO_TEXT' && isBytes ? Buffer.from(received.toString('base64')) : received;
  const type = mediaTypeOf(request.headers['content-type']);
  if (Object.hasOwn(requestTemplates, type)) {
    const made = mapping.run(parsed(requestTemplates[type] as MappingTemplate), body.toString());
    return contentHandling === 'CONVERT_TO_BINARY' ? Buffer.from(made, 'base64') : Buffer.from(made);
  }
  const hasTemplates = Object.keys(requestTemplates).length > 0;
  if (passthrough === 'NEVER' || (passthrough === 'WHEN_NO_TEMPLATES' && hasTemplates)) return UNSUPPORTED;
  return contentHandling === 'CONVERT_TO_BINARY' && !isBytes ? Buffer.from(body.toString(), 'base64') : body;
}

/** @throws TemplateError for one that could not be parsed */
export function parsed(template: MappingTemplate): Template {
  if ('fault' in template) throw new TemplateError(template.fault);
  return template;
}

/** By place and name; what the template has overridden comes before what is mapped. */
export function integrationParameters(
  { parameters }: RequestMappings,
  place: 'header' | 'querystring' | 'path',
  visit: RestVisit,
  mapping: Mapping,
): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, source] of Object.entries(parameters[place])) {
    const found = requestValues(source, visit);
    if (found.length > 0) values.set(name, found);
  }
  for (const [name, overriding] of mapping.requestOverrides(place)) {
    for (const mapped of values.keys()) if (mapped.toLowerCase() === name.toLowerCase()) values.delete(mapped);
    values.set(name, overriding);
  }
  return values;
}
