/** An API as it is deployed. Made in two steps, since functions may need its URL in their environment. */
export interface ApiSpec {
  readonly id: string;
  readonly name: string;
}

/** A function that gets requests as events of payload format 2.0. */
export interface LambdaIntegration {
  readonly type: 'LAMBDA';
  readonly functionArn: string;
  readonly timeoutMs: number;
  /** The role that calls it; without it, the function's policy lets API Gateway do it. */
  readonly credentialsArn?: string | undefined;
}

/** An operation of an AWS service: a first-class integration, checked by `checkServiceIntegration`. */
export interface ServiceIntegration {
  readonly type: 'SERVICE';
  /** 'StepFunctions-StartExecution' */
  readonly subtype: string;
  /** The operation's parameters as selection expressions: '$request.body'. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The role that makes the call. */
  readonly credentialsArn?: string | undefined;
}

/** What this local cloud does not run: its route must not become an open one, nor another stand in for it. */
export interface NotRun {
  readonly type: 'NOT_RUN';
  readonly reason: string;
}

export interface HttpRouteSpec {
  /** 'POST /loans', 'ANY /x/{proxy+}' or '$default'. */
  readonly routeKey: string;
  readonly integration: LambdaIntegration | ServiceIntegration | NotRun;
  readonly authorization:
    | { type: 'NONE' }
    | { type: 'AWS_IAM' }
    | {
        type: 'JWT';
        issuer: string;
        audience: readonly string[];
        /** Where the token is: a header or a query parameter, '$request.header.Authorization'. */
        identitySource: string;
        /** The route's own: a token must hold one of them, if there are any. */
        scopes: readonly string[];
      }
    | {
        /** A Lambda authorizer. */
        type: 'CUSTOM';
        authorizerId: string;
        functionArn: string;
        payloadFormatVersion: '1.0' | '2.0';
        /** Whether the function answers `isAuthorized` instead of a policy. */
        simpleResponses: boolean;
        /** Where the caller's identity is, as for JWT or in the context: '$context.routeKey'. */
        identitySources: readonly string[];
        /** For how long its answers are kept; 0: they are not. */
        ttlSeconds: number;
      };
}
