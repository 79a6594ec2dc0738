import type { Work } from '../runtime/work';
import type { UsageMeter } from './metering/meter';
import type { RoleSession } from './role-session';

/**
 * Owns how the rooms of `services/` speak to each other and to the wire: each is an `AwsService`, reached in process
 * through `AwsServices.call` with the shapes of AWS's own models, so that a state machine's task, a rule's target and
 * a caller over HTTP all take the same way in.
 *
 * Shapes: member names as in AWS's model ('TableName', 'stateMachineArn'); timestamps are `Date`; blobs `Uint8Array`.
 */
export interface AwsService {
  /** As in `arn:aws:states:::aws-sdk:<id>:…`: 'sfn', 'dynamodb', 's3', 'sesv2', 'sns', 'sqs', 'eventbridge', 'cloudwatch', … */
  readonly id: string;
  /** As in a SigV4 credential scope: 'states', 'dynamodb', 's3', 'ses', 'sns', 'sqs', 'events', 'monitoring', … */
  readonly signingName: string;
  readonly protocol: WireProtocol;
  /** Operations that may wait for time or for a caller (long polls); they are not counted as work. */
  readonly waits?: ReadonlySet<string>;
  /** Those of AWS's operations that are answered here; absent where all are passed on. */
  readonly operations?: ReadonlySet<string>;
  /** Why nothing is answered: the service is known, and nobody has said where it is. */
  readonly missing?: string;
  /**
   * Whether anybody might get an event of this source ('aws.states') that comes to the default event bus; absent where that
   * is not known. AWS's own services need not make events for nobody.
   */
  hears?(source: string): boolean;
  /** Bytes that a request's body may have over the wire, where the service has a quota of its own. */
  readonly largestRequest?: number;
  /**
   * The ARNs of what a request is about, where only the service knows it: the state machine of a task token. A grant on any of them
   * does, the first is told. None for what is not there. Never throws.
   */
  resourcesOf?(operation: string, input: AwsShape): Iterable<string>;
  /**
   * By condition keys of policies ('dynamodb:LeadingKeys'), what a request has of them for one action on one resource; without those
   * that cannot be told. Asked where a policy has conditions. Never throws.
   */
  conditionKeys?(input: AwsShape, action: string, resource: string): Readonly<Record<string, readonly string[]>>;
  /** Runs one operation ('PutItem'). Rejects with `AwsError` as AWS would answer. */
  call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape>;
}

// biome-ignore lint/suspicious/noExplicitAny: the shapes of some hundred operations; each service checks its own.
export type AwsShape = Record<string, any>;

/** Who calls: for the services' logs, for fault rules, for who pays, and for what is allowed. */
export interface Caller {
  /** 'states', 'events', 'wire', 'lambda', 'cloudformation', … */
  readonly via: string;
  readonly signal?: AbortSignal;
  /** Called when the work begins that was asked for, where it may have to wait for room on this machine first. */
  readonly begun?: () => void;
  /** The call is one piece of work (`runtime/work.ts`) from its beginning to its end: a task's. */
  readonly isWork?: boolean;
  /** `X-Amzn-Trace-Id`: what the call is a part of (`metering/trace.ts`). */
  readonly trace?: string | undefined;
  /** The role that the call is made with. Absent for who may do everything: the developer, and AWS's services for themselves. */
  readonly role?: RoleSession | undefined;
}

/** How a service's requests look on the wire. */
export type WireProtocol =
  | {
      kind: 'json';
      targetPrefix: string;
      version: '1.0' | '1.1';
      /** By error code, the one that clients know from the time when the service spoke Query. */
      queryCodes?: Readonly<Record<string, string>>;
      /** Of a service that answers Query, too. */
      query?: {
        readonly xmlNamespace: string;
        readonly flat: FlatNames;
        /** The member that a request's path stands for, if it has one: 'QueueUrl'. */
        readonly pathMember: string;
      };
    }
  | {
      kind: 'query';
      xmlNamespace: string;
      /** By error name, its code on the wire where that is another ('NotFound' for NotFoundException). */
      queryCodes?: Readonly<Record<string, string>>;
      /** Members of answers that are maps, not structures. */
      maps?: ReadonlySet<string>;
    }
  | { kind: 'http'; handle(request: HttpRequest): Promise<HttpResponse> };

/** A list or a map that Query writes without a name around it. */
export interface FlatName {
  readonly kind: 'list' | 'map';
  /** What its items are called; where operations differ in it, that counts which begins with the operation. */
  readonly item: readonly string[];
  /** Of a map's keys: 'Name', if left out. */
  readonly key?: 'Name' | 'Key';
  /** In JSON, where that is another name. */
  readonly json?: string;
}

/** By the member's name in the model. */
export type FlatNames = ReadonlyMap<string, FlatName>;

export interface HttpRequest {
  method: string;
  /** Path and query as sent, not decoded. */
  url: URL;
  /** The same before a URL resolved '.' and '..', which are like any other name in a key of S3. */
  target?: string;
  headers: Record<string, string>;
  body: Uint8Array;
  /** Aborts when the client has gone away. */
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

/** An error as AWS answers it: `code` is the model's error name, e.g. 'ResourceNotFoundException'. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    /** Further members of the error's shape, e.g. `CancellationReasons`. */
    readonly details: AwsShape = {},
  ) {
    super(message);
  }
}

/** What AWS would take and the local cloud does not run: a deployment goes on without the resource that asks for it. */
export class NotRunHere extends AwsError {
  constructor(
    /** 'subscriptions by sms' */
    readonly what: string,
    code = 'UnsupportedOperation',
  ) {
    super(code, `The local cloud does not run ${what}.`);
  }
}

/**
 * Looks at a call before its service does; throws to fail it, and answers a promise to have it wait for time. `Faults` is one.
 */
export type Interceptor = (
  serviceId: string,
  operation: string,
  input: AwsShape,
  caller: Caller,
) => void | Promise<void>;

/** Throws `AwsError` for what a role may not do. `Permissions` is one. */
export interface Authorizer {
  authorize(service: AwsService, operation: string, input: AwsShape, role: RoleSession): void;
}

export class AwsServices {
  readonly #services = new Map<string, AwsService>();
  readonly #interceptors: Interceptor[] = [];
  #meter: UsageMeter | undefined;
  #authorizer: Authorizer | undefined;

  constructor(private readonly work: Work) {}

  register(service: AwsService): void {
    this.#services.set(service.id, service);
  }

  intercept(interceptor: Interceptor): void {
    this.#interceptors.push(interceptor);
  }

  /** Has what calls use counted. */
  meterWith(meter: UsageMeter): void {
    this.#meter = meter;
  }

  /** Has what roles may do looked at; without it they may do everything. */
  authorizeWith(authorizer: Authorizer): void {
    this.#authorizer = authorizer;
  }

  /**
   * Looks at whether a caller's role allows what no operation stands for ('InvokeHTTPEndpoint'); operations are looked at when they are
   * called. @throws AwsError
   */
  authorize(id: string, operation: string, input: AwsShape, role: RoleSession | undefined): void {
    const service = this.#services.get(id);
    if (role && service) this.#authorizer?.authorize(service, operation, input, role);
  }

  /** Counts what is used; undefined where nobody does. */
  get meter(): UsageMeter | undefined {
    return this.#meter;
  }

  get(id: string): AwsService | undefined {
    return this.#services.get(id);
  }

  list(): AwsService[] {
    return [...this.#services.values()];
  }

  bySigningName(signingName: string): AwsService | undefined {
    for (const service of this.#services.values()) if (service.signingName === signingName) return service;
    return undefined;
  }

  /** Calls an operation of a service, e.g. `call('dynamodb', 'PutItem', {...}, {via: 'states'})`; counted as work unless it may wait. */
  async call(id: string, operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    const service = this.#services.get(id);
    if (!service) throw new AwsError('UnknownService', `The local cloud does not run the service '${id}'.`, 501);
    if (this.#authorizer && caller.role) this.#authorizer.authorize(service, operation, input, caller.role);
    for (const intercept of this.#interceptors) {
      const wait = intercept(id, operation, input, caller);
      // Most calls wait for nothing.
      if (wait) await (caller.isWork ? this.work.aside(wait) : wait);
    }
    this.#meter?.observe(id, operation, input, caller);
    if (service.waits?.has(operation)) return service.call(operation, input, caller);
    return this.work.track(() => service.call(operation, input, caller));
  }
}
