import { areSendable, type HttpAnswer } from '../response';
import type { RestVisit } from './event';
import { parsed } from './integration-request';
import type { Mapping } from './mapping';
import { isBinary, mediaTypeOf } from './media-types';
import { type IntegrationAnswer, responseValue } from './parameters';
import type { IntegrationResponse, MappingTemplate } from './spec';
import { matchesWhole } from './vtl/java-patterns';
import { TemplateError } from './vtl/nodes';

/**
 * Owns what is answered of what an integration answered: the response that is chosen, its headers, and the body that its template makes.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 *
 * @param selector what responses are chosen by: a status, or the message of a function's error
 * @throws TemplateError, NotJson
 */
export function mappedAnswer(
  responses: readonly IntegrationResponse[],
  selector: string,
  answer: IntegrationAnswer,
  visit: RestVisit,
  mapping: Mapping,
): HttpAnswer {
  const response = chosen(responses, selector);
  const headers = new Map([['content-type', ['application/json']]]);
  for (const [name, source] of Object.entries(response.headers)) {
    const value = responseValue(source, answer, visit);
    if (value !== undefined) headers.set(name, [value]);
  }
  const body = bodyOf(response, answer, visit, mapping);
  for (const [name, values] of mapping.responseHeaders()) headers.set(name.toLowerCase(), values);
  if (!areSendable([...headers].flatMap(([name, values]) => values.map((value) => [name, value] as const)))) {
    throw new TemplateError('A header of the response cannot be sent.');
  }
  const status = mapping.responseStatus() ?? response.status;
  return { status, headers: Object.fromEntries(headers), cookies: [], body };
}

function chosen(responses: readonly IntegrationResponse[], selector: string): IntegrationResponse {
  const selected = responses.find(
    ({ selectionPattern }) => selectionPattern && selector !== '' && matchesWhole(selector, selectionPattern),
  );
  const response = selected ?? responses.find(({ selectionPattern }) => !selectionPattern);
  if (response) return response;
  throw new TemplateError('No match for output mapping and no default endpoint response mapping configured');
}

function bodyOf(
  { templates, contentHandling }: IntegrationResponse,
  { headers, body }: IntegrationAnswer,
  { request, api }: RestVisit,
  mapping: Mapping,
): Buffer {
  const isBytes = isBinary(headers['content-type'], api.binaryMediaTypes);
  const type = mediaTypeOf(request.headers.accept);
  const name = [type, 'application/json', ...Object.keys(templates)].find((each) => Object.hasOwn(templates, each));
  const text = contentHandling === 'CONVERT_TO_TEXT' && isBytes ? body.toString('base64') : undefined;
  if (name === undefined) {
    if (contentHandling === 'CONVERT_TO_BINARY') return Buffer.from(body.toString(), 'base64');
    return text === undefined ? body : Buffer.from(text);
  }
  const made = mapping.run(parsed(templates[name] as MappingTemplate), text ?? body.toString());
  return Buffer.from(made, contentHandling === 'CONVERT_TO_BINARY' ? 'base64' : 'utf8');
}
