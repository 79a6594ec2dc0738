import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { WorkflowFunction } from '../workflow/workflow-function';
import type { GameStore } from './game-store';

export interface PlayerApiProps {
  readonly config: StageConfig;
  readonly store: GameStore;
}

/** The game's API, which only reads: for callers whom IAM lets in, or a token of the configured issuer. */
export class PlayerApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { config, store }: PlayerApiProps) {
    super(scope, id);
    const api = new HttpApi(this, 'Http', {
      apiName: `StepwrightGame-${config.stage}`,
      description: 'Stepwright game: players, leaderboards and reports',
      createDefaultStage: false,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 200, burstLimit: 400 },
    });
    const handler = new WorkflowFunction(this, 'PlayerApi', {
      config,
      handler: 'game-level-complete/player-api',
      description: 'Tells the progress of players, leaderboards, and where reports are',
      timeout: Duration.seconds(8),
      environment: {
        COMPLETIONS_TABLE: store.completions.tableName,
        PLAYERS_TABLE: store.players.tableName,
        LEADERBOARD_TABLE: store.leaderboard.tableName,
        REPORT_BUCKET: store.reports.bucketName,
      },
    });
    store.completions.grant(handler, 'dynamodb:GetItem');
    store.players.grant(handler, 'dynamodb:GetItem');
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: [`${store.leaderboard.tableArn}/index/byRank`],
      }),
    );
    // What it links to it must be allowed to read itself.
    handler.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [store.reports.arnForObjects('reports/*')] }),
    );

    const { playerAuthorizer } = config.game;
    const authorizer = playerAuthorizer
      ? new HttpJwtAuthorizer('Players', playerAuthorizer.issuer, { jwtAudience: playerAuthorizer.audience })
      : new HttpIamAuthorizer();
    const integration = new HttpLambdaIntegration('PlayerApi', handler);
    for (const path of ['/players/{playerId}', '/levels/{level}/leaderboard', '/completions/{completionId}/report']) {
      api.addRoutes({
        path,
        methods: [HttpMethod.GET],
        integration,
        authorizer,
        ...(playerAuthorizer && playerAuthorizer.scopes.length > 0 && { authorizationScopes: playerAuthorizer.scopes }),
      });
    }
    this.url = api.apiEndpoint;
  }
}
