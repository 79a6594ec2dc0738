import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { readConfig } from '../../lib/config';
import { GameStore } from '../../lib/game-level-complete/game-store';
import { PlayerApi } from '../../lib/game-level-complete/player-api';

function routesWith(game: object) {
  // Its function is not bundled.
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Game');
  const config = readConfig((key) => (key === 'stepwright' ? { dev: { game } } : undefined));
  new PlayerApi(stack, 'Api', { config, store: new GameStore(stack, 'Store', { config }) });
  const template = Template.fromStack(stack);
  const properties = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  return { routes: properties('AWS::ApiGatewayV2::Route'), authorizers: properties('AWS::ApiGatewayV2::Authorizer') };
}

test('the API asks IAM, unless the configuration names an issuer; then for its token and the scopes', () => {
  const signed = routesWith({});
  expect(signed.routes.map(({ AuthorizationType }) => AuthorizationType)).toEqual(Array(3).fill('AWS_IAM'));
  expect(signed.authorizers).toEqual([]);

  const issuer = 'https://id.example';
  const { routes, authorizers } = routesWith({ playerAuthorizer: { issuer, audience: ['game'], scopes: ['play'] } });
  expect(routes).toHaveLength(3);
  for (const route of routes) expect(route).toMatchObject({ AuthorizationType: 'JWT', AuthorizationScopes: ['play'] });
  expect(authorizers).toMatchObject([
    { AuthorizerType: 'JWT', JwtConfiguration: { Issuer: issuer, Audience: ['game'] } },
  ]);
});
