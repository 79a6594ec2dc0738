import type { AwsShape } from '../../aws';

/**
 * Owns the form in which a call says what it needs: by the Service Authorization Reference
 * (docs.aws.amazon.com/service-authorization/latest/reference), a file for each service.
 */
export interface Need {
  /** 'dynamodb:PutItem' */
  readonly action: string;
  /** An ARN, or '*'. */
  readonly resource: string;
  /** What does as well: another spelling of the same resource, an identity that covers an address. */
  readonly or?: Iterable<Grant>;
  /** Values of condition keys that the call itself has. */
  readonly keys?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Grant {
  readonly action: string;
  readonly resource: string;
}

/** The account and region in which names are looked up. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/**
 * All that a call needs; nothing for what is never refused.
 * @param resourcesOf the ARNs that only the service knows (`AwsService.resourcesOf`)
 */
export type Needs = (input: AwsShape, place: Place, resourcesOf: () => Iterable<string>) => readonly Need[];

/** By operation. */
export type NeedsOfService = Readonly<Record<string, Needs>>;

/** The same for several operations: each needs the action of its own name. */
export function each(
  names: readonly string[],
  need: (action: string, ...call: Parameters<Needs>) => readonly Need[],
  service: string,
): NeedsOfService {
  return Object.fromEntries(names.map((name) => [name, (...call) => need(`${service}:${name}`, ...call)]));
}

/** An action on any of these resources, the first of which is told; nothing where there is none: the answer says so. */
export function onAnyOf(action: string, resources: Iterable<string>): readonly Need[] {
  const rest = resources[Symbol.iterator]();
  const { value: resource, done } = rest.next();
  if (done) return [];
  return [{ action, resource, or: grants(action, { [Symbol.iterator]: () => rest }) }];
}

function* grants(action: string, resources: Iterable<string>): Generator<Grant> {
  for (const resource of resources) yield { action, resource };
}

export function arnOf({ accountId, region }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

export function isArn(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith('arn:');
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A list's structures; what is none counts as an empty one: the service refuses the request. */
export function structuresIn(value: unknown): AwsShape[] {
  return Array.isArray(value) ? value.map((item) => (typeof item === 'object' && item !== null ? item : {})) : [];
}
