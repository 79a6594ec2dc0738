import { AwsError } from '../aws';
import type { HttpAnswer } from './response';

/** What an HTTP API lets pages of other origins do, as CloudFormation's `CorsConfiguration`. */
export interface CorsConfiguration {
  /** 'https://shop.example', 'https://*' for all of a scheme, '*' for all. */
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  /** For how many seconds a browser may keep a preflight's answer. */
  readonly maxAge?: number;
}

type Headers = Readonly<Record<string, string>>;

/**
 * Owns the CORS of HTTP APIs. Pure.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 *
 * C1  A preflight that no route takes is answered here, and nobody is asked to authorize it. ANY, $default and OPTIONS routes take
 *     theirs as any request, with their authorizers.
 * C2  What an integration says of CORS is dropped. An answer tells an origin that is allowed so, and another nothing.
 */
const ORIGIN = /^(\*|https?:\/\/[^\s/]+)$/;

/**
 * Checks a configuration as CreateApi does.
 * @throws AwsError BadRequestException
 */
export function checkCors({ allowOrigins, allowCredentials, maxAge }: CorsConfiguration): void {
  const wrong = allowOrigins.find((origin) => !ORIGIN.test(origin));
  if (wrong !== undefined) throw badRequest(`Invalid format for origin ${wrong}`);
  if (allowCredentials && allowOrigins.includes('*')) {
    throw badRequest("allow-credentials is not supported if 'allow-origin' is *");
  }
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= -1 && maxAge <= 86_400)) {
    throw badRequest(`Invalid max-age ${maxAge}: it is a number of seconds from -1 to 86400`);
  }
}

/** The answer to an OPTIONS request that no route takes: with headers of CORS when it is a preflight of an origin that is allowed. */
export function preflightAnswer(cors: CorsConfiguration, request: Headers): HttpAnswer {
  const origin = allowedOrigin(cors, request.origin);
  const isAllowed = origin !== undefined && request['access-control-request-method'] !== undefined;
  const headers = isAllowed && {
    ...originHeaders(cors, origin),
    ...listed('access-control-allow-methods', cors.allowMethods),
    ...listed('access-control-allow-headers', cors.allowHeaders),
    ...(cors.maxAge !== undefined && { 'access-control-max-age': String(cors.maxAge) }),
  };
  return { status: 204, headers: { ...headers }, cookies: [], body: Buffer.alloc(0) };
}

/** An answer to a request of this origin, if it has one, with the configured headers instead of its own. */
export function withCors(cors: CorsConfiguration, from: string | undefined, answer: HttpAnswer): HttpAnswer {
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const origin = allowedOrigin(cors, from);
  const configured = origin !== undefined && {
    ...originHeaders(cors, origin),
    ...listed('access-control-expose-headers', cors.exposeHeaders),
  };
  return { ...answer, headers: { ...Object.fromEntries(own), ...configured } };
}

/** What to tell an origin of those that are allowed; nothing when it is none of them. */
function allowedOrigin({ allowOrigins }: CorsConfiguration, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (allowOrigins.includes('*')) return '*';
  const scheme = /^https?:\/\//.exec(origin)?.[0];
  return allowOrigins.includes(origin) || (scheme && allowOrigins.includes(`${scheme}*`)) ? origin : undefined;
}

function originHeaders({ allowCredentials }: CorsConfiguration, origin: string): Headers {
  return {
    'access-control-allow-origin': origin,
    ...(allowCredentials && { 'access-control-allow-credentials': 'true' }),
  };
}

function listed(name: string, values: readonly string[]): Headers {
  return values.length > 0 ? { [name]: values.join(',') } : {};
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
