import { AwsError } from '../aws';
import type { Identity } from '../identity';
import { apiRequests } from '../metering/units';
import type { Parts } from '../parts';
import { formatError } from '../wire/errors';
import { formatJson } from '../wire/json';
import { eventOf } from './event';
import { integrationSession, invokeFunction } from './invocation';
import { answerOf, type HttpAnswer, INTERNAL_SERVER_ERROR, messageAnswer } from './response';
import type { Visit } from './selection';
import { serviceCall, UnresolvedParameter } from './service-integration';
import type { LambdaIntegration, ServiceIntegration } from './spec';
import { TimeLimit } from './time-limit';

/** A request that has been let through to its route's integration. */
export interface Admitted extends Visit {
  /** What its calls are a part of. */
  readonly trace: string | undefined;
  /** Ends its being counted as work, since from now on it waits for time. */
  readonly waits: () => void;
}

/** API Gateway's limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LONGEST_TIMEOUT_MS = 30_000;
const TIMED_OUT = messageAnswer(503, 'Service Unavailable');

/**
 * Owns what a route's integration does with a request. Its time limit is real time, as a function's is.
 */
export async function integrate(parts: Parts, admitted: Admitted): Promise<HttpAnswer> {
  const { integration } = admitted.match.route;
  if (integration.type === 'NOT_RUN') {
    return messageAnswer(501, `The local cloud does not run this route: ${integration.reason}.`);
  }
  parts.aws.meter?.use(admitted.trace, { 'api.requests': apiRequests(admitted.request.body.length) });
  const timeLimit = new TimeLimit(Math.min(integration.timeoutMs, LONGEST_TIMEOUT_MS));
  try {
    return integration.type === 'LAMBDA'
      ? await invoke(parts, integration, admitted, timeLimit)
      : await callService(parts, integration, admitted, timeLimit);
  } finally {
    timeLimit.cancel();
  }
}

async function invoke(
  { aws, identity }: Parts,
  { functionArn, credentialsArn }: LambdaIntegration,
  { request, match, context, trace }: Admitted,
  timeLimit: TimeLimit,
): Promise<HttpAnswer> {
  try {
    const invoked = await invokeFunction(aws, {
      functionArn,
      event: eventOf(request, match, context),
      trace,
      timeLimit,
      role: integrationSession(credentialsArn, apiArn(identity, context.apiId)),
    });
    if (!invoked) return TIMED_OUT;
    return invoked.hasFailed ? INTERNAL_SERVER_ERROR : answerOf(invoked.said);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'RequestTooLargeException') return messageAnswer(413, 'Request Entity Too Large');
    return INTERNAL_SERVER_ERROR;
  }
}

/** The service's answer, and its error, as it would give them itself. */
async function callService(
  { aws, identity }: Parts,
  { subtype, parameters, credentialsArn }: ServiceIntegration,
  admitted: Admitted,
  timeLimit: TimeLimit,
): Promise<HttpAnswer> {
  let call: ReturnType<typeof serviceCall>;
  try {
    call = serviceCall(subtype, parameters, admitted);
  } catch (error) {
    if (!(error instanceof UnresolvedParameter)) throw error;
    process.emitWarning(`HTTP API ${admitted.context.apiId}, ${admitted.match.route.routeKey}: ${error.message}`);
    return messageAnswer(400, 'Bad Request');
  }
  const service = aws.get(call.service);
  const version = service?.protocol.kind === 'json' ? service.protocol.version : '1.0';
  timeLimit.start();
  try {
    const role = integrationSession(credentialsArn, apiArn(identity, admitted.context.apiId));
    const caller = { via: 'apigateway', trace: admitted.trace, role };
    const called = aws.call(call.service, call.operation, call.input, caller);
    if (service?.waits?.has(call.operation)) admitted.waits();
    const output = await Promise.race([called, timeLimit.passed]);
    if (output === undefined) return TIMED_OUT;
    return answered(200, { 'content-type': `application/x-amz-json-${version}` }, formatJson(output));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { status, headers, body } = formatError(error, service, admitted.context.requestId);
    return answered(status, headers, body);
  }
}

function apiArn({ region }: Identity, apiId: string): string {
  return `arn:aws:apigateway:${region}::/apis/${apiId}`;
}

function answered(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): HttpAnswer {
  return { status, headers, cookies: [], body: Buffer.from(body) };
}
