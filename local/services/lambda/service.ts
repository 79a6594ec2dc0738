import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import type { Parts } from '../parts';
import { Capacity, type CapacityOptions } from './capacity';
import type { EnvironmentHost } from './environment';
import { EventQueue } from './event-queue';
import { EVENT_SOURCE_OPERATIONS, EventSources } from './event-sources/event-sources';
import { Fleet } from './fleet';
import { type Invocation, LIMITS, type Outcome } from './invocation';
import { LAYER_OPERATIONS, Layers } from './layers';
import { LogShipper } from './log-shipper';
import { type Deployed, functionConfiguration } from './operations';
import { handleRest } from './rest';
import { functionSession } from './session';
import type { FunctionSpec } from './spec';
import { usageOfInvocation } from './usage';
import { variablesOf } from './variables';
import { workerFile } from './worker-file';

export interface LambdaOptions extends CapacityOptions {
  /** Where functions find the AWS APIs (their AWS_ENDPOINT_URL); asked when an environment starts. */
  awsEndpoint(): string;
  /** Synchronous and asynchronous invocations under way at once, of all functions; 1000 by default, as in an account. */
  concurrentInvocations?: number;
}

/** An invocation that failed; `at` is virtual ms since the epoch. */
export interface FunctionFailure {
  readonly at: number;
  readonly functionName: string;
  readonly errorType: string;
  readonly errorMessage: string;
}

const OPERATIONS = new Set<string>([
  'GetFunction',
  'GetFunctionConfiguration',
  'Invoke',
  'ListFunctions',
  ...LAYER_OPERATIONS,
  ...EVENT_SOURCE_OPERATIONS,
]);

/**
 * Owns Lambda: which functions are deployed, how they are addressed, and what an invocation is answered.
 * Execution environments are worker threads (see `environment.ts`); a function's time limit is real time.
 */
export class LambdaService implements AwsService {
  readonly id = 'lambda';
  readonly signingName = 'lambda';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = {
    kind: 'http',
    handle: (request) =>
      handleRest((name, input, caller) => this.parts.aws.call(this.id, name, input, caller), request),
  };
  /** Starts and stops by itself, after and before everything that functions call. */
  readonly eventSources: EventSources;
  readonly layers: Layers;
  readonly #functions = new Map<string, Deployed>();
  /** By function, the names of its versions and aliases; each leads to the code that is deployed now. */
  readonly #qualifiers = new Map<string, Set<string>>();
  readonly #retired = new Set<Fleet>();
  readonly #capacity: Capacity;
  readonly #host: EnvironmentHost;
  readonly #logs: LogShipper;
  readonly #events: EventQueue;
  readonly #failureListeners: Array<(failure: FunctionFailure) => void> = [];
  #underWay = 0;

  constructor(
    private readonly parts: Parts,
    private readonly options: LambdaOptions,
  ) {
    this.#capacity = new Capacity(options);
    this.layers = new Layers(parts);
    this.#logs = new LogShipper(parts);
    this.#host = {
      workerFile: workerFile(),
      clock: parts.clock.shared.buffer as SharedArrayBuffer,
      now: () => parts.clock.now(),
      variables: (spec, logStream) => variablesOf(spec, logStream, parts.identity, options.awsEndpoint()),
      log: (spec, logStream, lines) =>
        this.#logs.write(spec.logGroup, logStream, lines, functionSession(spec, parts.identity)),
    };
    this.#events = new EventQueue(
      parts,
      (event) => this.#run(this.#find(event.functionName), event.invocation),
      (event, reason) => this.#logDropped(event.functionName, event.invocation.requestId, reason),
    );
    this.eventSources = new EventSources(parts, (reference) => {
      const { arn, fleet } = this.#find(reference);
      const role = functionSession(fleet.spec, parts.identity);
      return { arn, name: fleet.spec.name, timeoutSeconds: fleet.spec.timeoutSeconds, role };
    });
  }

  /** Deploys a function, or deploys it again: what is running finishes with the old code, what comes gets the new. */
  async define(spec: FunctionSpec): Promise<{ arn: string }> {
    const { region, accountId } = this.parts.identity;
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${spec.name}`;
    const before = this.#functions.get(spec.name);
    const fleet = new Fleet(spec, this.#host, this.#capacity);
    this.parts.aws.meter?.know(spec.name);
    this.#functions.set(spec.name, {
      arn,
      fleet,
      underWay: before?.underWay ?? { count: 0 },
      modifiedAt: this.parts.clock.now(),
    });
    if (before) {
      this.#retired.add(before.fleet);
      void before.fleet.retire().then(() => this.#retired.delete(before.fleet));
    }
    this.#events.resume(spec.name);
    return { arn };
  }

  /** Makes a version or an alias of a function: '1', 'live'. */
  qualify(functionName: string, qualifier: string): void {
    const qualifiers = this.#qualifiers.get(functionName) ?? new Set();
    this.#qualifiers.set(functionName, qualifiers.add(qualifier));
  }

  async call(operation: string, input: AwsShape, { trace, begun }: Caller): Promise<AwsShape> {
    switch (operation) {
      case 'Invoke':
        return this.#invoke(input, trace, begun);
      case 'GetFunction': {
        const found = this.#find(input.FunctionName, input.Qualifier);
        const { reservedConcurrency } = found.fleet.spec;
        return {
          Configuration: functionConfiguration(found),
          Code: { RepositoryType: 'S3' },
          ...(reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
          }),
        };
      }
      case 'GetFunctionConfiguration':
        return functionConfiguration(this.#find(input.FunctionName, input.Qualifier));
      case 'ListFunctions':
        return this.#list(input);
      default:
        if (LAYER_OPERATIONS.some((name) => name === operation)) return this.layers.call(operation, input);
        return this.eventSources.call(operation, input);
    }
  }

  /** Calls `listener` for each invocation that fails, whoever asked for it. */
  onFailure(listener: (failure: FunctionFailure) => void): void {
    this.#failureListeners.push(listener);
  }

  /** Ends all workers; what was not finished fails. Accepted events are kept for the next start. */
  async stop(): Promise<void> {
    const fleets = [...this.#retired, ...[...this.#functions.values()].map(({ fleet }) => fleet)];
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await this.#logs.drain();
  }

  async #invoke(input: AwsShape, trace: string | undefined, begun: (() => void) | undefined): Promise<AwsShape> {
    const found = this.#find(input.FunctionName, input.Qualifier);
    const type = input.InvocationType ?? 'RequestResponse';
    const invocation: Invocation = {
      requestId: randomUUID(),
      payload: payloadText(input.Payload, type === 'Event' ? LIMITS.asyncPayload : LIMITS.syncPayload),
      functionArn: found.arn,
      clientContext: clientContextText(input.ClientContext),
      trace,
    };
    if (type === 'DryRun') return { StatusCode: 204 };
    if (type === 'Event') {
      await this.#events.accept(found.fleet.spec.name, invocation);
      return { StatusCode: 202, Payload: new Uint8Array() };
    }
    if (type !== 'RequestResponse') throw invalidInvocationType(type);
    const outcome = await this.#run(found, { ...invocation, begun });
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: Buffer.from(outcome.payload),
      ...(outcome.error !== undefined && { FunctionError: 'Unhandled' }),
      ...(input.LogType === 'Tail' && { LogResult: logTail(outcome) }),
    };
  }

  /** Rejects with `TooManyRequestsException` where AWS would. */
  async #run(found: Deployed, invocation: Invocation): Promise<Outcome> {
    const reserved = found.fleet.spec.reservedConcurrency;
    if (reserved !== undefined && found.underWay.count >= reserved) {
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#underWay >= (this.options.concurrentInvocations ?? 1000))
      throw throttled('ConcurrentInvocationLimitExceeded');
    const { meter } = this.parts.aws;
    const opened = invocation.trace === undefined ? meter?.open() : undefined;
    const trace = invocation.trace ?? opened;
    found.underWay.count += 1;
    this.#underWay += 1;
    try {
      const outcome = await found.fleet.invoke(opened === undefined ? invocation : { ...invocation, trace });
      if (outcome.error !== undefined) this.#tellFailure(found.fleet.spec.name, outcome);
      if (outcome.used) meter?.use(trace, usageOfInvocation(found.fleet.spec, outcome.used));
      return outcome;
    } finally {
      found.underWay.count -= 1;
      this.#underWay -= 1;
      if (opened !== undefined) meter?.close(opened);
    }
  }

  #tellFailure(functionName: string, { payload, error: errorType = '' }: Outcome): void {
    const { errorMessage } = JSON.parse(payload);
    const failure = { at: this.parts.clock.now(), functionName, errorType, errorMessage: String(errorMessage ?? '') };
    for (const listener of this.#failureListeners) listener(failure);
  }

  /** @param reference a name, a partial or a whole ARN, each with a qualifier or without */
  #find(reference: unknown, qualifier?: unknown): Deployed {
    const parsed = /^(?:arn:[^:]+:lambda:[^:]+:|)(?:\d{12}:)?(?:function:)?([\w-]{1,64})(?::([\w$-]+))?$/.exec(
      String(reference),
    );
    if (!parsed) {
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${reference}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
      );
    }
    const [, name = '', suffix] = parsed;
    const version = qualifier ?? suffix ?? '$LATEST';
    const found = this.#functions.get(name);
    if (found && version === '$LATEST') return found;
    if (found && this.#qualifiers.get(name)?.has(String(version))) return { ...found, arn: `${found.arn}:${version}` };
    const { region, accountId } = this.parts.identity;
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}${version === '$LATEST' ? '' : `:${version}`}`;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
  }

  #list(input: AwsShape): AwsShape {
    const size = Math.min(Number(input.MaxItems ?? 50), 50);
    const names = [...this.#functions.keys()]
      .sort()
      .filter((name) => input.Marker === undefined || name > input.Marker);
    const page = names.slice(0, size);
    return {
      Functions: page.map((name) => functionConfiguration(this.#find(name))),
      ...(names.length > size && { NextMarker: page.at(-1) }),
    };
  }

  #logDropped(functionName: string, requestId: string, reason: string): void {
    const spec = this.#functions.get(functionName)?.fleet.spec;
    const at = this.parts.clock.now();
    const text = `The asynchronous event ${requestId} was given up: ${reason}`;
    if (spec) this.#logs.write(spec.logGroup, 'stepwright/dropped-events', [{ at, text }]);
  }
}

/** Payloads are blobs in AWS's model; callers in process may also pass the JSON text. An absent one is an empty object. */
function payloadText(payload: unknown, limit: number): string {
  const text =
    typeof payload === 'string' ? payload : Buffer.from((payload as Uint8Array | undefined) ?? []).toString();
  if (Buffer.byteLength(text) > limit) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestTooLargeException', message, 413, { Type: 'User' });
  }
  if (text === '') return '{}';
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
  return text;
}

function clientContextText(base64: unknown): string | undefined {
  if (base64 === undefined) return undefined;
  const text = Buffer.from(String(base64), 'base64').toString();
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.');
  }
}

/** The last 4 KB of the invocation's log, in base64. */
function logTail(outcome: Outcome): string {
  return Buffer.from(outcome.logTail ?? '')
    .subarray(-LIMITS.logTail)
    .toString('base64');
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
}

function invalidInvocationType(type: unknown): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
  );
}
