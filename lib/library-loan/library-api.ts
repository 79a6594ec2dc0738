import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';

export interface LibraryApiProps {
  readonly config: StageConfig;
}

/** The desk's routes, as docs/library-api.openapi.json describes them. */
const deskRoutes: readonly (readonly [path: string, ...methods: HttpMethod[]])[] = [
  ['/loans', HttpMethod.POST, HttpMethod.GET],
  ['/loans/{loanId}', HttpMethod.GET],
  ['/loans/{loanId}/cancel', HttpMethod.POST],
  ['/items/{itemId}', HttpMethod.PUT, HttpMethod.GET],
  ['/items/{itemId}/restore', HttpMethod.POST],
  ['/items/{itemId}/holds', HttpMethod.POST, HttpMethod.GET],
  ['/items/{itemId}/holds/{holdId}', HttpMethod.DELETE],
];

/**
 * The library's address: the desk's API, for callers whom IAM lets in, or a token of the configured issuer; and the
 * reader's pages, for who has a link.
 *
 * No access log: its path would hold the reader's link. The handlers log what happened instead.
 */
export class LibraryApi extends Construct {
  readonly #api: HttpApi;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, { config }: LibraryApiProps) {
    super(scope, id);
    this.#config = config;
    this.#api = new HttpApi(this, 'Http', {
      apiName: `StepwrightLibrary-${config.stage}`,
      description: "Stepwright library: the desk's API and the reader's pages",
      createDefaultStage: false,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      // A library, not a shop: who asks faster guesses links.
      throttle: { rateLimit: 50, burstLimit: 100 },
    });
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.#api.apiEndpoint;
  }

  route({ desk, readerPage }: { desk: IFunction; readerPage: IFunction }): void {
    const { deskAuthorizer } = this.#config.library;
    const authorizer: IHttpRouteAuthorizer = deskAuthorizer
      ? new HttpJwtAuthorizer('Desk', deskAuthorizer.issuer, { jwtAudience: deskAuthorizer.audience })
      : new HttpIamAuthorizer();
    const integration = new HttpLambdaIntegration('Desk', desk);
    for (const [path, ...methods] of deskRoutes) {
      this.#api.addRoutes({
        path,
        methods,
        integration,
        authorizer,
        ...(deskAuthorizer && deskAuthorizer.scopes.length > 0 && { authorizationScopes: deskAuthorizer.scopes }),
      });
    }
    this.#api.addRoutes({
      path: '/l/{linkToken}/{page}',
      methods: [HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST],
      integration: new HttpLambdaIntegration('ReaderPage', readerPage),
      authorizer: new HttpNoneAuthorizer(),
    });
  }
}
