import type { EventContext, ReceivedRequest } from '../../../local/services/apigateway/event';
import { checkSelection, selected } from '../../../local/services/apigateway/selection';

const body = {
  id: 'o-1',
  lines: [{ sku: 'a b', count: 2 }],
  'odd-name': 'odd',
  none: null,
  empty: '',
  large: 'x'.repeat(110_000),
};
const request: ReceivedRequest = {
  method: 'POST',
  url: new URL('http://api.local:4701/prod/orders/7?tag=x&tag=y&q=%C3%BC'),
  headers: { 'x-own': 'one,two', 'user-agent': 'tester' },
  rawHeaders: [],
  body: Buffer.from(JSON.stringify({ ...body, large: undefined })),
  protocol: 'HTTP/1.1',
  sourceIp: '127.0.0.1',
};
const context: EventContext = {
  apiId: 'api1',
  identity: { accountId: '123456789012', region: 'us-east-1', accessKeyId: '', secretAccessKey: '' },
  requestId: 'r-1',
  stage: 'prod',
  now: Date.parse('2030-01-01T00:00:00Z'),
};
const route = {
  routeKey: 'POST /orders/{id}',
  integration: { type: 'LAMBDA', functionArn: 'arn', timeoutMs: 1 },
  authorization: { type: 'NONE' },
} as const;
const match = { route, pathParameters: { id: '7' } };
const value = (expression: string, more: Partial<EventContext> = {}, sent = request) =>
  selected(expression, { request: sent, match, context: { ...context, ...more } });

test.each<[string, unknown]>([
  ['a text', 'a text'],
  ['costs 5 $', 'costs 5 $'],
  ['$request.header.X-OWN', 'one,two'],
  ['$request.header.absent', undefined],
  ['$request.querystring.tag', 'x,y'],
  ['$request.querystring.q', 'ü'],
  ['$request.querystring.Q', undefined],
  ['$request.path', '/orders/7'],
  ['$request.path.id', '7'],
  ['$request.path.toString', undefined],
  ['$request.body', Buffer.from(request.body).toString()],
  ['$request.body.id', 'o-1'],
  ['$request.body.lines[0].count', 2],
  ['$request.body.lines', body.lines],
  ['$request.body.odd-name', 'odd'],
  ['$request.body.none', undefined],
  ['$request.body.empty', undefined],
  ['$request.body.absent', undefined],
  ['$context.httpMethod', 'POST'],
  ['$context.identity.userAgent', 'tester'],
  ['$context.path', '/prod/orders/7'],
  ['$context.stage', 'prod'],
  ['$context.requestTime', '01/Jan/2030:00:00:00 +0000'],
  ['$context.authorizer.claims.sub', undefined],
  ['order-${request.path.id}/${request.body.lines[0].count}', 'order-7/2'],
  [
    '{"order":"${request.body.id}","lines":${request.body.lines}}',
    `{"order":"o-1","lines":${JSON.stringify(body.lines)}}`,
  ],
  ['order-${request.header.absent}', undefined],
])('%s', (expression, expected) => {
  expect(value(expression)).toEqual(expected);
});

test('what an authorizer found', () => {
  const jwt = { authorizer: { jwt: { claims: { sub: 'ada', 'cognito:groups': '[admins]' }, scopes: null } } };
  expect(value('$context.authorizer.claims.sub', jwt)).toBe('ada');
  expect(value('$context.authorizer.claims.cognito:groups', jwt)).toBe('[admins]');
  expect(value('$context.authorizer.level', { authorizer: { lambda: { level: 3, list: [] } } })).toBe('3');
  expect(value('$context.authorizer.list', { authorizer: { lambda: { level: 3, list: [] } } })).toBeUndefined();
});

test('a path sees 100 KB of the body, the whole body is handed on', () => {
  const sent = { ...request, body: Buffer.from(JSON.stringify(body)) };
  expect(value('$request.body.id', {}, sent)).toBeUndefined();
  expect(value('$request.body', {}, sent)).toHaveLength(sent.body.length);
  const empty = { ...request, body: Buffer.alloc(0) };
  expect([value('$request.body', {}, empty), value('$request.body.id', {}, empty)]).toEqual([undefined, undefined]);
});

test.each(['$', '$5', '$request', '$request.cookie.a', '$request.body..id', '$request.body.a[?(@.b)]', 'a ${b} c'])(
  '%s is refused',
  (expression) => {
    expect(() => checkSelection(expression)).toThrow(expression);
  },
);

test.each([
  ['$stageVariables.table', 'The local cloud does not run stage variables.'],
  ['$context.integrationLatency', 'The local cloud does not run the source $context.integrationLatency.'],
])('%s is not run', (expression, message) => {
  expect(() => checkSelection(expression)).toThrow(message);
});
