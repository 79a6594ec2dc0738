import type { ApiSpec, NotRun } from '../spec';

/** A REST API as it is deployed. */
export interface RestApiSpec extends ApiSpec {
  readonly rootResourceId: string;
  /** Types of bodies that functions get and give as base64: 'image/png', 'image/*'. */
  readonly binaryMediaTypes: readonly string[];
}

/** What of a path is below the resource above it: 'loans', '{id}' or '{proxy+}'. */
export interface RestResourceSpec {
  readonly id: string;
  readonly parentId: string;
  readonly pathPart: string;
}

export interface RestStage {
  readonly name: string;
  readonly deploymentId: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A function that gets requests as events of payload format 1.0. */
export interface FunctionProxy {
  readonly type: 'AWS_PROXY';
  /** May hold '${stageVariables.name}'. */
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/** An answer of its own; `mock.ts` makes it. */
export interface Mock {
  readonly type: 'MOCK';
  /** By content type: the status that the template asks for, none where it asks for none. */
  readonly statuses: Readonly<Record<string, number | undefined>>;
  /** Whether a request of another content type stands for the template itself, as far as it can. */
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly responses: readonly MockResponse[];
}

export interface MockResponse {
  /** A regular expression for the status that the request's template asks for; without it, for all that no other takes. */
  readonly selectionPattern?: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, HeaderSource>>;
  /** By content type. */
  readonly bodies: Readonly<Record<string, string>>;
  /** Origins that are told their own name instead of `access-control-allow-origin`, as the CDK's template for preflights does. */
  readonly origins: readonly string[];
}

export type HeaderSource = { readonly literal: string } | { readonly stageVariable: string };

/** A Lambda authorizer. */
export interface CustomAuthorization {
  readonly type: 'CUSTOM';
  readonly authorizerId: string;
  /** Whether its function gets a token alone, or all of the request but the body. */
  readonly kind: 'TOKEN' | 'REQUEST';
  readonly functionArn: string;
  /** Where the caller's identity is: 'method.request.header.Authorization'. */
  readonly identitySources: readonly string[];
  /** A regular expression that a token must match. */
  readonly validation?: string;
  /** For how long its answers are kept; 0: they are not. */
  readonly ttlSeconds: number;
}

export interface RestMethodSpec {
  readonly integration: FunctionProxy | Mock | NotRun;
  readonly authorization: { readonly type: 'NONE' } | { readonly type: 'AWS_IAM' } | CustomAuthorization;
  readonly operationName?: string;
}
