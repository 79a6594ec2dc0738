import type { ApiSpec, NotRun } from '../spec';
import type { Template } from './vtl/nodes';

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
export interface FunctionProxy extends Backend {
  readonly type: 'AWS_PROXY';
  /** May hold '${stageVariables.name}'. */
  readonly functionArn: string;
}

/** How what is behind an integration is called. */
export interface Backend {
  readonly timeoutMs: number;
  /** The role that calls it; a function's policy lets API Gateway do it without one. */
  readonly credentialsArn?: string | undefined;
}

/** What API Gateway does for an integration that is no proxy: templates and mappings of requests and responses. */
export interface Mapped {
  /** By content type. */
  readonly requestTemplates: Readonly<Record<string, MappingTemplate>>;
  /** Whether a request of another content type stands for the template's text itself. */
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly responses: readonly IntegrationResponse[];
}

/** One that cannot be parsed fails its requests. */
export type MappingTemplate = Template | { readonly fault: string };

export type ContentHandling = 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT' | undefined;

/** An answer of its own: the request's template names a status, and the response that is chosen by it says the rest. */
export interface Mock extends Mapped {
  readonly type: 'MOCK';
}

/** A function that gets what the request's template makes, and whose result is mapped. */
export interface FunctionCall extends Mapped, RequestMappings, Backend {
  readonly type: 'FUNCTION';
  /** May hold '${stageVariables.name}'. */
  readonly functionArn: string;
}

/** A request to an AWS service, in the protocol that the service speaks. */
export interface ServiceCall extends Mapped, RequestMappings, Backend {
  readonly type: 'SERVICE';
  /** As in a URI and in a signature: 'states', 'sqs', 's3'. */
  readonly signingName: string;
  /** 'StartExecution' */
  readonly action?: string;
  /** What the address says of parameters: 'Subject=Hello'; may be empty. */
  readonly query: string;
  /** Below the service's address, with '{names}' of parameters: '123456789012/orders'. */
  readonly path: string;
  readonly httpMethod: string;
}

export interface RequestMappings {
  readonly parameters: Readonly<Record<'header' | 'querystring' | 'path', Readonly<Record<string, RequestSource>>>>;
  readonly contentHandling: ContentHandling;
}

export interface IntegrationResponse {
  /** A regular expression of the status, or of the message of a function's error; without it, for all that no other takes. */
  readonly selectionPattern?: string;
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, ResponseSource>>;
  /** By content type. */
  readonly templates: Readonly<Record<string, MappingTemplate>>;
  readonly contentHandling: ContentHandling;
}

export interface BodySource {
  readonly kind: 'body';
  /** All of it, if left out. */
  readonly path?: string;
}

type OtherSource =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'stageVariables' | 'context'; readonly name: string };

export interface ParameterSource {
  readonly kind: 'path' | 'querystring' | 'header' | 'multivaluequerystring' | 'multivalueheader';
  readonly name: string;
}

export type RequestSource = BodySource | OtherSource | ParameterSource;

export type ResponseSource = BodySource | OtherSource | { readonly kind: 'header'; readonly name: string };

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

/** What a method's requests must have before its integration sees them. */
export interface RequestValidation {
  /** That must be there, and not empty. */
  readonly parameters: readonly ParameterSource[];
  /** Names of models of bodies, by content type; others are not looked at. */
  readonly models: Readonly<Record<string, string>>;
}

export interface RestMethodSpec {
  readonly integration: FunctionProxy | FunctionCall | ServiceCall | Mock | NotRun;
  readonly authorization: { readonly type: 'NONE' } | { readonly type: 'AWS_IAM' } | CustomAuthorization;
  readonly operationName?: string;
  readonly validation?: RequestValidation;
}
