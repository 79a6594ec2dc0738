import type { HttpAnswer } from '../response';
import type { RestVisit } from './event';
import { mediaTypeOf } from './media-types';
import { gatewayError } from './response';
import type { HeaderSource, Mock, MockResponse } from './spec';

/**
 * Owns what mock integrations answer: their request template names a status, and the response that is chosen by it says the rest
 * (docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html). Templates are not run: what they say was read
 * when they were deployed. Pure.
 */
export function mockAnswer(mock: Mock, { request, stage }: RestVisit): HttpAnswer {
  const asked = statusFor(mock, mediaTypeOf(request.headers['content-type']), request.body);
  if (asked === 'unsupported') return gatewayError('UnsupportedMediaType');
  const response = asked === undefined ? undefined : chosen(mock.responses, String(asked));
  if (!response) return gatewayError('InternalServerError');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, source] of Object.entries(response.headers)) {
    const value = headerValue(source, stage.variables);
    if (value !== undefined) headers[name] = value;
  }
  const { origin } = request.headers;
  if (origin !== undefined && response.origins.includes(origin)) headers['access-control-allow-origin'] = origin;
  return { status: response.status, headers, cookies: [], body: bodyOf(response, request.headers.accept) };
}

/** Undefined where nothing names one. */
function statusFor(mock: Mock, contentType: string, body: Uint8Array): number | 'unsupported' | undefined {
  if (Object.hasOwn(mock.statuses, contentType)) return mock.statuses[contentType];
  const hasTemplates = Object.keys(mock.statuses).length > 0;
  if (mock.passthrough === 'NEVER' || (mock.passthrough === 'WHEN_NO_TEMPLATES' && hasTemplates)) return 'unsupported';
  return statusIn(Buffer.from(body).toString());
}

/** The status that a template, or a body in its place, names: '{ statusCode: 204 }'. */
export function statusIn(template: string): number | undefined {
  const found = /["']?\bstatusCode["']?\s*:\s*(\d{3})\b/.exec(template)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** As Java matches: the whole of it. */
function chosen(responses: readonly MockResponse[], asked: string): MockResponse | undefined {
  const selected = responses.find(
    ({ selectionPattern }) => selectionPattern && new RegExp(`^(?:${selectionPattern})$`).test(asked),
  );
  return selected ?? responses.find(({ selectionPattern }) => !selectionPattern);
}

function headerValue(source: HeaderSource, variables: Readonly<Record<string, string>>): string | undefined {
  return 'literal' in source ? source.literal : variables[source.stageVariable];
}

function bodyOf({ bodies }: MockResponse, accept: string | undefined): Buffer {
  const type = mediaTypeOf(accept);
  const name = [type, 'application/json', ...Object.keys(bodies)].find((candidate) => Object.hasOwn(bodies, candidate));
  return Buffer.from(name === undefined ? '' : (bodies[name] as string));
}
