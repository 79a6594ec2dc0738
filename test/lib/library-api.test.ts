import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { readConfig } from '../../lib/config';
import { LibraryApi } from '../../lib/library-loan/library-api';

function routesWith(deskAuthorizer: object | undefined) {
  const stack = new Stack(new App(), 'Library');
  const library = { ...(deskAuthorizer && { deskAuthorizer }) };
  const config = readConfig((key) => (key === 'stepwright' ? { dev: { library } } : undefined));
  const api = new LibraryApi(stack, 'Api', { config });
  const named = (name: string) =>
    LambdaFunction.fromFunctionArn(stack, name, `arn:aws:lambda:us-east-1:123456789012:function:${name}`);
  api.route({ desk: named('desk'), readerPage: named('page') });
  const template = Template.fromStack(stack);
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
  return {
    desk: routes.filter(({ RouteKey }) => !RouteKey.includes('/l/')),
    pages: routes.filter(({ RouteKey }) => RouteKey.includes('/l/')),
    authorizers: Object.values(template.findResources('AWS::ApiGatewayV2::Authorizer')).map(
      ({ Properties }) => Properties,
    ),
  };
}

test('the desk asks IAM, unless the configuration names an issuer', () => {
  const { desk, authorizers } = routesWith(undefined);
  expect(new Set(desk.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  expect(authorizers).toEqual([]);
});

test('with an issuer, every route of the desk asks for its token and the scopes, and no page does', () => {
  const { desk, pages, authorizers } = routesWith({
    issuer: 'https://id.example',
    audience: ['desk'],
    scopes: ['loans'],
  });
  expect(desk).toHaveLength(10);
  for (const route of desk) expect(route).toMatchObject({ AuthorizationType: 'JWT', AuthorizationScopes: ['loans'] });
  for (const route of pages) expect(route.AuthorizationType).toBe('NONE');
  expect(authorizers).toMatchObject([
    { AuthorizerType: 'JWT', JwtConfiguration: { Issuer: 'https://id.example', Audience: ['desk'] } },
  ]);
});
