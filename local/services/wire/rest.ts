import { AwsError, type AwsShape, type HttpRequest, type HttpResponse, type WireProtocol } from '../aws';
import type { Parts } from '../parts';
import { WireCaller } from './caller';
import { formatJson, parseJson } from './json';

/** Method, path with `{Label}`s named as the input's members, and operation: `['GET', '/schedules/{Name}', 'GetSchedule']`. */
export type RestRoute = readonly [method: string, path: string, operation: string];

/**
 * The AWS restJson1 protocol for services whose operations bind nothing but labels, query parameters and a JSON body.
 * `queryNames` translates query parameters into members ('groupName' -> 'GroupName'); others keep their name. Query
 * parameters and labels reach the service as text.
 */
export function restJson(
  parts: Parts,
  serviceId: string,
  routes: readonly RestRoute[],
  queryNames: Readonly<Record<string, string>> = {},
): WireProtocol {
  const compiled = routes.map(([method, path, operation]) => ({ method, path: pattern(path), operation }));
  return {
    kind: 'http',
    async handle(request: HttpRequest): Promise<HttpResponse> {
      for (const { method, path, operation } of compiled) {
        const match = method === request.method && path.exec(request.url.pathname);
        if (!match) continue;
        const input: AwsShape = request.body.length > 0 ? parseJson(request.body) : {};
        for (const [name, value] of request.url.searchParams) input[queryNames[name] ?? name] = value;
        for (const [name, value] of Object.entries(match.groups ?? {})) input[name] = decodeLabel(value);
        const output = await parts.aws.call(serviceId, operation, input, new WireCaller(request));
        return { status: 200, headers: { 'content-type': 'application/json' }, body: formatJson(output) };
      }
      throw new AwsError(
        'UnknownOperationException',
        `${request.method} ${request.url.pathname} is not known here.`,
        404,
      );
    },
  };
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw new AwsError('BadRequestException', 'The path is not valid percent-encoding.');
  }
}
