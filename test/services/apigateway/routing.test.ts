import { Router } from '../../../local/services/apigateway/router';
import type { HttpRouteSpec } from '../../../local/services/apigateway/spec';

function routerOf(...keys: string[]): (method: string, path: string) => [string, Record<string, string>] | undefined {
  const router = new Router();
  for (const routeKey of keys) {
    const route: HttpRouteSpec = {
      routeKey,
      integration: { type: 'LAMBDA', functionArn: 'arn', timeoutMs: 30_000 },
      authorization: { type: 'NONE' },
    };
    router.put(route);
  }
  return (method, path) => {
    const match = router.match(method, path);
    return match && [match.route.routeKey, match.pathParameters];
  };
}

// The first five rows are the example of API Gateway's own documentation.
test.each([
  ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
  ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
  ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['POST', '/', '$default', {}],
  ['POST', '/pets/dog/1', 'ANY /{proxy+}', { proxy: 'pets/dog/1' }],
  ['GET', '/pets/dog/', 'GET /pets/{proxy+}', { proxy: 'dog/' }],
])('%s %s takes %s', (method, path, key, parameters) => {
  const match = routerOf('$default', 'ANY /{proxy+}', 'GET /pets/{proxy+}', 'GET /pets/dog/{id}', 'GET /pets/dog/1');
  expect(match(method, path)).toEqual([key, parameters]);
});

test('a route of the request’s method comes before ANY', () => {
  const match = routerOf('ANY /x/{id}', 'GET /x/{id}');
  expect(match('GET', '/x/1')?.[0]).toBe('GET /x/{id}');
  expect(match('POST', '/x/1')?.[0]).toBe('ANY /x/{id}');
});

test('a full match comes before a greedy one, however long', () => {
  const match = routerOf('GET /a/{proxy+}', 'GET /{x}/{y}');
  expect(match('GET', '/a/b')?.[0]).toBe('GET /{x}/{y}');
});

test('path parameters are decoded, and a malformed escape is left as it is', () => {
  const match = routerOf('GET /items/{id}');
  expect(match('GET', '/items/a%2Fb%20c')?.[1]).toEqual({ id: 'a/b c' });
  expect(match('GET', '/items/%E0%A4%A')?.[1]).toEqual({ id: '%E0%A4%A' });
});

test('without a fitting route there is no match', () => {
  const match = routerOf('GET /items/{id}', 'GET /all/{proxy+}');
  expect(match('POST', '/items/1')).toBeUndefined();
  expect(match('GET', '/items')).toBeUndefined();
  expect(match('GET', '/items/')).toBeUndefined();
  expect(match('GET', '/items/1/2')).toBeUndefined();
  expect(match('GET', '/all/')).toBeUndefined();
});

test('refuses a key that is no route of an HTTP API', () => {
  expect(() => routerOf('FETCH /x')).toThrow('Not a route key: FETCH /x');
});
