import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { TaskError, type TaskOwner } from '../../../runtime/dispatch';
import type { Parts } from '../../parts';
import { formEncoded } from './form-encoding';
import { type Authorization, connectionOf } from './http-connection';
import type { JobCaller } from './task-caller';
import { asText } from './values';

/**
 * Owns `arn:aws:states:::http:invoke`: a call of an HTTP API with the authorisation of an EventBridge connection
 * (docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html). On AWS only `https:` endpoints are called; here
 * `http:` ones are too, since APIs on a laptop have no certificates.
 */
export async function invokeHttp(
  parts: Parts,
  parameters: JsonObject,
  { stateMachineArn }: TaskOwner,
  caller: JobCaller,
): Promise<JsonObject> {
  const { signal, role } = caller;
  try {
    parts.aws.authorize('sfn', 'InvokeHTTPEndpoint', { ...parameters, stateMachineArn }, role);
  } catch (error) {
    throw new TaskError('States.TaskFailed', (error as Error).message);
  }
  const { url, init } = makeRequest(parameters, await connectionOf(parts, parameters, caller), parts.identity.region);
  const { response, text } = await call(url, init, signal, (reason = 'The HTTP call timed out') => {
    return new TaskError('States.Http.Socket', reason);
  });
  if (!response.ok) throw new TaskError(`States.Http.StatusCode.${response.status}`, text);
  return {
    Headers: headersOf(response),
    ResponseBody: bodyOf(response, text),
    StatusCode: response.status,
    StatusText: response.statusText,
  };
}

/** The answer of a call, whole. `failed` makes the error of one that got none from the reason; there is none when it took too long. */
export async function call(url: URL, init: RequestInit, signal: AbortSignal, failed: (reason?: string) => TaskError) {
  const timeout = AbortSignal.timeout(LONGEST_CALL_MS);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any([signal, timeout]) });
    return { response, text: await response.text() };
  } catch (error) {
    throw timeout.aborted ? failed() : failed(reasonOf(error));
  }
}

/** Real time: who answers is no part of the local cloud. */
const LONGEST_CALL_MS = 60_000;

export const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']);

/** What the connection says goes before what the state says. */
function makeRequest(parameters: JsonObject, authorization: Authorization, region: string) {
  const method = String(parameters.Method ?? '');
  if (!METHODS.has(method)) throw invalid(`Method '${method}' is not supported`);
  const endpoint = String(parameters.ApiEndpoint ?? '');
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) throw invalid(`'${endpoint}' is not a valid URL`);
  const url = new URL(endpoint);
  const query = { ...objectOf(parameters.QueryParameters), ...authorization.query };
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, asText(item));
  }
  const headers = new Headers({ 'User-Agent': `Amazon|StepFunctions|HttpInvoke|${region}`, Range: 'bytes=0-262144' });
  for (const [name, value] of Object.entries(objectOf(parameters.Headers))) {
    headers.set(name, Array.isArray(value) ? value.map(asText).join(', ') : asText(value));
  }
  for (const [name, value] of Object.entries(authorization.headers)) headers.set(name, value);
  const body = method === 'GET' || method === 'HEAD' ? undefined : makeBody(parameters, authorization, headers);
  return { url, init: { method, headers, body } };
}

function makeBody(parameters: JsonObject, { body: added }: Authorization, headers: Headers): string | undefined {
  const given = parameters.RequestBody;
  if (given === undefined && Object.keys(added).length === 0) return undefined;
  const body = isObject(given) ? { ...given, ...added } : (given ?? added);
  const { RequestBodyEncoding, RequestEncodingOptions } = objectOf(parameters.Transform);
  if (RequestBodyEncoding === 'URL_ENCODED') {
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/x-www-form-urlencoded');
    return formEncoded(body, String(objectOf(RequestEncodingOptions).ArrayFormat ?? 'INDICES'));
  }
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  return asText(body);
}

export function headersOf({ headers }: Response): JsonObject {
  const found: Record<string, string[]> = {};
  headers.forEach((value, name) => {
    found[name] = name === 'set-cookie' ? headers.getSetCookie() : [value];
  });
  return found;
}

export function bodyOf({ headers }: Response, text: string): Json {
  if (!/\bjson\b/i.test(headers.get('content-type') ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function invalid(problem: string): TaskError {
  return new TaskError('States.Runtime', problem, 'start');
}

/** `fetch` hides what happened behind 'fetch failed'. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}
