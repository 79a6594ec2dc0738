import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { TaskError } from '../../../runtime/dispatch';
import type { Parts } from '../../parts';
import { signRequest } from '../../sigv4';
import { bodyOf, call, headersOf, METHODS } from './http';
import { asText } from './values';

/**
 * Owns `arn:aws:states:::apigateway:invoke`: a call of an API of API Gateway
 * (docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html). `ApiEndpoint` is a host without a scheme; one
 * of this machine's is called by `http:`.
 *
 * @throws TaskError 'ApiGateway.<status>' with the answer's body, or 'ApiGateway.SdkClientException' if there is no answer
 */
export async function invokeApi(parts: Parts, parameters: JsonObject, signal: AbortSignal): Promise<JsonObject> {
  const { url, init } = makeRequest(parts, parameters);
  const { response, text } = await call(url, init, signal, (reason = 'Read timed out') => {
    return new TaskError('ApiGateway.SdkClientException', `Unable to execute HTTP request: ${reason}`);
  });
  if (!response.ok) throw new TaskError(`ApiGateway.${response.status}`, text);
  return {
    Headers: spelledOut(headersOf(response)),
    ResponseBody: bodyOf(response, text),
    StatusCode: response.status,
    StatusText: response.statusText,
  };
}

function makeRequest(parts: Parts, parameters: JsonObject) {
  const { AllowNullValues, AuthType = 'NO_AUTH' } = parameters;
  const given = AllowNullValues === true ? parameters : (withoutNulls(parameters) as JsonObject);
  const method = String(given.Method);
  if (!METHODS.has(method))
    throw invalid(`The value '${method}' of the field 'Method' is none of [${[...METHODS].join(', ')}]`);
  if (!AUTH_TYPES.has(AuthType)) {
    throw invalid(`The value '${AuthType}' of the field 'AuthType' is none of [${[...AUTH_TYPES].join(', ')}]`);
  }
  const url = urlOf(given);
  const body = WITH_BODY.has(method) ? given.RequestBody : undefined;
  const text = body === undefined ? undefined : asText(body);
  const headers = headersGiven(given.Headers);
  if (text !== undefined) headers['content-type'] ??= typeof body === 'string' ? 'text/plain' : 'application/json';
  const { clock, identity } = parts;
  const signed =
    AuthType === 'NO_AUTH'
      ? headers
      : signRequest({ method, url, headers: { ...headers, host: url.host }, body: Buffer.from(text ?? '') }, identity, {
          service: 'execute-api',
          region: identity.region,
          now: clock.now(),
        });
  return { url, init: { method, headers: signed, body: text } };
}

const WITH_BODY = new Set(['PATCH', 'POST', 'PUT']);

const AUTH_TYPES = new Set<Json>(['NO_AUTH', 'IAM_ROLE', 'RESOURCE_POLICY']);

function urlOf({ ApiEndpoint, Stage, Path = '', QueryParameters }: JsonObject): URL {
  const endpoint = String(ApiEndpoint);
  const scheme = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(endpoint) ? 'http' : 'https';
  const stage = Stage === undefined || Stage === '$default' ? '' : `/${Stage}`;
  const path = String(Path).replace(/^(?=[^/])/, '/');
  const text = `${endpoint.includes('://') ? '' : `${scheme}://`}${endpoint}${stage}${path}`;
  if (!URL.canParse(text)) throw invalid(`The value '${endpoint}' of the field 'ApiEndpoint' is no host`);
  const url = new URL(text);
  for (const [name, values] of Object.entries(isObject(QueryParameters) ? QueryParameters : {})) {
    for (const value of Array.isArray(values) ? values : [values]) url.searchParams.append(name, asText(value));
  }
  return url;
}

function headersGiven(given: Json | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(isObject(given) ? given : {})) {
    if (NOT_ALLOWED.test(name)) throw invalid(`The header '${name}' is not allowed`);
    headers[name.toLowerCase()] = (Array.isArray(values) ? values : [values]).map(asText).join(', ');
  }
  return headers;
}

const NOT_ALLOWED =
  /^(X-Forwarded.*|X-Amz.*|Authorization|Connection|Content-MD5|Expect|Host|Max-Forwards|Proxy-Authenticate|Server|TE|Transfer-Encoding|Trailer|Upgrade|Via|WWW-Authenticate)$/i;

/** As API Gateway writes them: `fetch` has made 'content-type' of 'Content-Type'. */
function spelledOut(headers: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      values,
    ]),
  );
}

/** Wherever they stand. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

function invalid(problem: string): TaskError {
  return new TaskError('States.Runtime', problem, 'start');
}
