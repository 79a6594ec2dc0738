import type { Collection, Store } from '../runtime/store';
import { AwsError, type AwsServices } from '../services/aws';
import { stackNameOf } from './names';
import { NESTED_STACK } from './nesting';
import type { Deployed, ResourceProvider } from './resource';

/** What a deployment left, kept with the data so that the next one can take back what has gone from the templates. */
export interface ResourceRecord extends Deployed {
  readonly type: string;
  /** What its template says of it for when it leaves it: 'Retain'. */
  readonly deletionPolicy?: string;
  /** And for when another takes its place. */
  readonly replacePolicy?: string;
}

/**
 * Owns the records of deployed resources, by stack and logical id.
 *
 * D1  What leaves its template is taken back if its type can be without loss (rules, schedules, subscriptions);
 *     what holds data stays, and what its template retains. What is deployed under another logical id, or in another stack, since is left alone.
 */
export class ResourceRecords {
  readonly #records: Collection<ResourceRecord>;
  /** What the deployment under way has deployed, in whichever stack. */
  readonly #present = new Set<string>();

  constructor(
    store: Store,
    private readonly providers: ReadonlyMap<string, ResourceProvider>,
    private readonly aws: AwsServices,
  ) {
    this.#records = recordsIn(store);
  }

  find(stack: string, logicalId: string): ResourceRecord | undefined {
    return this.#records.get(`${stack}/${logicalId}`);
  }

  /** Records a resource; what stood in its place under another name or type is taken back. */
  async keep(stack: string, logicalId: string, record: ResourceRecord): Promise<void> {
    const key = `${stack}/${logicalId}`;
    const before = this.#records.get(key);
    this.#present.add(nameOf(record));
    if (JSON.stringify(before) === JSON.stringify(record)) return;
    if (before && !isRetained(record.replacePolicy)) await this.#remove(before);
    await this.#records.put(key, record);
  }

  /** Takes back the resources of `stack` whose logical ids are not among `present`. */
  async removeOthers(stack: string, present: ReadonlySet<string>): Promise<void> {
    const prefix = `${stack}/`;
    for (const { key, value } of this.#records.list(prefix)) {
      if (present.has(key.slice(prefix.length))) continue;
      if (!isRetained(value.deletionPolicy)) await this.#remove(value);
      await this.#records.delete(key);
    }
  }

  async #remove(record: ResourceRecord): Promise<void> {
    if (this.#present.has(nameOf(record))) return;
    const call = (service: string, operation: string, input: object) =>
      this.aws.call(service, operation, input, { via: 'cloudformation' });
    const removeStack = (arn: string) => this.removeOthers(stackNameOf(arn), new Set());
    try {
      await this.providers.get(record.type)?.remove?.(record, { call, removeStack });
    } catch (error) {
      const gone = error instanceof AwsError && /NotFound|NonExistent/.test(error.code);
      if (!gone) throw error;
    }
  }
}

/** 'Retain' and 'RetainExceptOnCreate'. */
export function isRetained(policy: string | undefined): boolean {
  return policy?.startsWith('Retain') === true;
}

function nameOf({ type, ref }: ResourceRecord): string {
  return `${type} ${ref}`;
}

/** The names of the stacks that have resources on record and are not nested in another, in the order of their names. */
export function deployedStacks(store: Store): string[] {
  const records = recordsIn(store).list();
  const nested = records.filter(({ value }) => value.type === NESTED_STACK).map(({ value }) => stackNameOf(value.ref));
  const names = new Set(records.map(({ key }) => key.slice(0, key.indexOf('/'))));
  return [...names].filter((name) => !nested.includes(name));
}

function recordsIn(store: Store): Collection<ResourceRecord> {
  return store.collection('deployed_resources');
}
