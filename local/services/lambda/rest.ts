import { AwsError, type AwsShape, type Caller, type HttpRequest, type HttpResponse } from '../aws';
import { WireCaller } from '../wire/caller';
import { formatJson, parseJson } from '../wire/json';

interface Route {
  readonly method: string;
  /** Its groups are what `labels` name, of the input's members. */
  readonly path: RegExp;
  readonly labels?: readonly string[];
  /** What `find` in the query must be, where several operations share a path. */
  readonly find?: string;
  readonly operation: string;
  input(request: HttpRequest): AwsShape;
  answer(output: AwsShape): HttpResponse;
}

type RunOperation = (operation: string, input: AwsShape, caller: Caller) => Promise<AwsShape>;

const FUNCTIONS = '/2015-03-31/functions';
const EVENT_SOURCES = '/2015-03-31/event-source-mappings';
const LAYERS = '/2018-10-31/layers';

/** Lambda's REST paths for the operations that the service runs: https://docs.aws.amazon.com/lambda/latest/api/ */
const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`^${FUNCTIONS}/([^/]+)/invocations$`),
    labels: ['FunctionName'],
    operation: 'Invoke',
    input: ({ headers, body, url }) => ({
      InvocationType: headers['x-amz-invocation-type'],
      LogType: headers['x-amz-log-type'],
      ClientContext: headers['x-amz-client-context'],
      Qualifier: url.searchParams.get('Qualifier') ?? undefined,
      Payload: body,
    }),
    answer: (output) => ({
      status: output.StatusCode,
      headers: withoutUndefined({
        'content-type': 'application/json',
        'x-amz-executed-version': output.ExecutedVersion,
        'x-amz-function-error': output.FunctionError,
        'x-amz-log-result': output.LogResult,
      }),
      body: output.Payload ?? '',
    }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${FUNCTIONS}/([^/]+)$`),
    labels: ['FunctionName'],
    operation: 'GetFunction',
    input: qualifier,
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${FUNCTIONS}/([^/]+)/configuration$`),
    labels: ['FunctionName'],
    operation: 'GetFunctionConfiguration',
    input: qualifier,
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${FUNCTIONS}/?$`),
    operation: 'ListFunctions',
    input: ({ url }) => query(url, 'Marker', 'MaxItems'),
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${LAYERS}/?$`),
    find: 'LayerVersion',
    operation: 'GetLayerVersionByArn',
    input: ({ url }) => query(url, 'Arn'),
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${LAYERS}/?$`),
    operation: 'ListLayers',
    input: ({ url }) => query(url, 'CompatibleRuntime', 'CompatibleArchitecture', 'Marker', 'MaxItems'),
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${LAYERS}/([^/]+)/versions$`),
    labels: ['LayerName'],
    operation: 'ListLayerVersions',
    input: ({ url }) => query(url, 'CompatibleRuntime', 'CompatibleArchitecture', 'Marker', 'MaxItems'),
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${LAYERS}/([^/]+)/versions/([^/]+)$`),
    labels: ['LayerName', 'VersionNumber'],
    operation: 'GetLayerVersion',
    input: () => ({}),
    answer: json,
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${LAYERS}/([^/]+)/versions/([^/]+)$`),
    labels: ['LayerName', 'VersionNumber'],
    operation: 'DeleteLayerVersion',
    input: () => ({}),
    answer: () => ({ status: 204, headers: {}, body: '' }),
  },
  {
    method: 'POST',
    path: new RegExp(`^${EVENT_SOURCES}/?$`),
    operation: 'CreateEventSourceMapping',
    input: ({ body }) => parseJson(body),
    answer: accepted,
  },
  {
    method: 'GET',
    path: new RegExp(`^${EVENT_SOURCES}/?$`),
    operation: 'ListEventSourceMappings',
    input: ({ url }) => query(url, 'EventSourceArn', 'FunctionName', 'Marker', 'MaxItems'),
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${EVENT_SOURCES}/([^/]+)$`),
    labels: ['UUID'],
    operation: 'GetEventSourceMapping',
    input: () => ({}),
    answer: json,
  },
  {
    method: 'PUT',
    path: new RegExp(`^${EVENT_SOURCES}/([^/]+)$`),
    labels: ['UUID'],
    operation: 'UpdateEventSourceMapping',
    input: ({ body }) => parseJson(body),
    answer: accepted,
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${EVENT_SOURCES}/([^/]+)$`),
    labels: ['UUID'],
    operation: 'DeleteEventSourceMapping',
    input: () => ({}),
    answer: accepted,
  },
];

/** Answers one request of Lambda's REST protocol. Never rejects: errors are answered in the protocol's form. */
export async function handleRest(run: RunOperation, request: HttpRequest): Promise<HttpResponse> {
  try {
    for (const route of ROUTES) {
      const match = route.method === request.method && route.path.exec(request.url.pathname);
      if (!match || (route.find && route.find !== request.url.searchParams.get('find'))) continue;
      const labelled = route.labels?.map((name, index) => [name, decoded(match[index + 1] ?? '')]) ?? [];
      const input = { ...route.input(request), ...Object.fromEntries(labelled) };
      return route.answer(await run(route.operation, withoutUndefined(input), new WireCaller(request)));
    }
    throw new AwsError(
      'UnknownOperationException',
      `The local cloud does not run ${request.method} ${request.url.pathname} of Lambda.`,
      501,
    );
  } catch (error) {
    return errorAnswer(error instanceof AwsError ? error : new AwsError('ServiceException', String(error), 500));
  }
}

function qualifier({ url }: HttpRequest): AwsShape {
  return query(url, 'Qualifier');
}

function query({ searchParams }: URL, ...names: string[]): AwsShape {
  return Object.fromEntries(names.map((name) => [name, searchParams.get(name) ?? undefined]));
}

function json(output: AwsShape): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: formatJson(output) };
}

function accepted(output: AwsShape): HttpResponse {
  return { ...json(output), status: 202 };
}

function errorAnswer(error: AwsError): HttpResponse {
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
    body: JSON.stringify({ ...error.details, Message: error.message, message: error.message }),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function withoutUndefined<T>(members: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<string, T>;
}
