import { HttpApi, HttpMethod, HttpNoneAuthorizer, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';

export interface LibraryApiProps {
  readonly config: StageConfig;
}

/**
 * The library's address: the desk's API, for callers whom IAM lets in, and the reader's pages, for who has a link.
 *
 * No access log: its path would hold the reader's link. The handlers log what happened instead.
 */
export class LibraryApi extends Construct {
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, { config }: LibraryApiProps) {
    super(scope, id);
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
    const iam = { integration: new HttpLambdaIntegration('Desk', desk), authorizer: new HttpIamAuthorizer() };
    this.#api.addRoutes({ ...iam, path: '/loans', methods: [HttpMethod.POST] });
    this.#api.addRoutes({ ...iam, path: '/loans/{loanId}', methods: [HttpMethod.GET] });
    this.#api.addRoutes({
      path: '/l/{linkToken}/{page}',
      methods: [HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST],
      integration: new HttpLambdaIntegration('ReaderPage', readerPage),
      authorizer: new HttpNoneAuthorizer(),
    });
  }
}
