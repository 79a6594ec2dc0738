import { AwsError, type AwsShape, type HttpRequest, type HttpResponse } from '../aws';

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly operation: string;
  input(request: HttpRequest): AwsShape;
  answer(output: AwsShape): HttpResponse;
}

type RunOperation = (operation: string, input: AwsShape, trace: string | undefined) => Promise<AwsShape>;

const FUNCTIONS = '/2015-03-31/functions';

/** Lambda's REST paths for the operations that the service runs: https://docs.aws.amazon.com/lambda/latest/api/ */
const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`^${FUNCTIONS}/([^/]+)/invocations$`),
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
    operation: 'GetFunction',
    input: qualifier,
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${FUNCTIONS}/([^/]+)/configuration$`),
    operation: 'GetFunctionConfiguration',
    input: qualifier,
    answer: json,
  },
  {
    method: 'GET',
    path: new RegExp(`^${FUNCTIONS}/?$`),
    operation: 'ListFunctions',
    input: ({ url }) => ({
      Marker: url.searchParams.get('Marker') ?? undefined,
      MaxItems: url.searchParams.get('MaxItems') ?? undefined,
    }),
    answer: json,
  },
];

/** Answers one request of Lambda's REST protocol. Never rejects: errors are answered in the protocol's form. */
export async function handleRest(run: RunOperation, request: HttpRequest): Promise<HttpResponse> {
  try {
    for (const route of ROUTES) {
      const match = route.method === request.method && route.path.exec(request.url.pathname);
      if (!match) continue;
      const input = { ...route.input(request), ...(match[1] !== undefined && { FunctionName: decoded(match[1]) }) };
      return route.answer(await run(route.operation, withoutUndefined(input), request.headers['x-amzn-trace-id']));
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
  return { Qualifier: url.searchParams.get('Qualifier') ?? undefined };
}

function json(output: AwsShape): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) };
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
